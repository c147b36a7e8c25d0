"""What readers call the parts of a protocol and their fields, in both languages."""

from __future__ import annotations

from equipoise.protocol.words import Words


def _words(*pairs: tuple[str, str, str]) -> dict[str, Words]:
    return {name: Words(en=en, zh=zh) for name, en, zh in pairs}


PARTS = _words(
    ("identity", "Title page", "封面信息"),
    ("kind", "Kind of study", "研究种类"),
    ("objectives", "Objective", "目的"),
    ("endpoints", "Endpoint", "终点"),
    ("estimands", "Estimand", "估计目标"),
    ("criteria", "Criterion", "标准"),
    ("arms", "Arm", "组别"),
    ("epochs", "Epoch", "阶段"),
    ("visits", "Visit", "访视"),
    ("activities", "Activity", "活动"),
    ("cells", "Schedule", "活动时间表"),
    ("notes", "Notes to the schedule", "活动时间表注释"),
    ("participants", "Participants", "受试者"),
    ("registration", "Registration", "注册"),
    ("sites", "Site", "研究中心"),
    ("roles", "Role", "角色"),
    ("amendments", "Amendment", "修订"),
    ("sections", "Section", "章节"),
    ("passages", "Section", "章节"),
    ("source", "Question and design", "研究问题与设计"),
    ("kept", "Kept from the imported document", "导入文件中保留的内容"),
)
"""By the list they stand in."""

FIELDS = _words(
    ("text", "Text", "文字"),
    ("title", "Title", "标题"),
    ("short_title", "Short title", "简短标题"),
    ("acronym", "Acronym", "缩写"),
    ("protocol_number", "Protocol number", "方案编号"),
    ("version", "Version", "版本"),
    ("date", "Date", "日期"),
    ("phase", "Phase", "分期"),
    ("sponsor", "Sponsor", "申办者"),
    ("registrations", "Registrations", "注册"),
    ("funding", "Funding", "资金"),
    ("blinding", "Blinding", "盲法"),
    ("level", "Level", "级别"),
    ("kind", "Kind", "种类"),
    ("visits", "Visits", "访视"),
    ("activities", "Activities", "活动"),
    ("endpoint", "Endpoint", "终点"),
    ("treatment", "Treatment", "治疗"),
    ("population", "Population", "人群"),
    ("intercurrent_events", "Intercurrent event", "伴发事件"),
    ("event", "Event", "事件"),
    ("strategy", "Strategy", "策略"),
    ("rationale", "Rationale", "理由"),
    ("summary", "Population-level summary", "群体水平汇总"),
    ("analysis", "Analysis", "分析"),
    ("sensitivity", "Sensitivity analysis", "敏感性分析"),
    ("estimands", "Estimands", "估计目标"),
    ("role", "Role", "角色"),
    ("label", "Label", "名称"),
    ("intervention", "Intervention", "干预"),
    ("share", "Share in the allocation", "分配份额"),
    ("epoch", "Epoch", "阶段"),
    ("day", "Day", "日"),
    ("before", "Days early allowed", "可提前天数"),
    ("after", "Days late allowed", "可推后天数"),
    ("place", "Place", "地点"),
    ("group", "Group", "类别"),
    ("activity", "Activity", "活动"),
    ("visit", "Visit", "访视"),
    ("condition", "Condition", "条件"),
    ("notes", "Notes", "注释"),
    ("name", "Name", "名称"),
    ("country", "Country", "国家"),
    ("investigator", "Investigator", "研究者"),
    ("ethics", "Ethics committee", "伦理委员会"),
    ("ethics_approval", "Ethics approval", "伦理批件"),
    ("target", "To enrol", "计划入组数"),
    ("duties", "Duties", "职责"),
    ("number", "Number", "编号"),
    ("reason", "Reason", "理由"),
    ("sections", "Sections", "章节"),
    ("section", "Section", "章节"),
    ("conditions", "Conditions", "疾病"),
    ("minimum_age", "Lowest age", "最小年龄"),
    ("maximum_age", "Highest age", "最大年龄"),
    ("sex", "Sex", "性别"),
    ("healthy", "Healthy volunteers", "健康志愿者"),
    ("planned", "To be enrolled", "计划入组数"),
    ("purpose", "Purpose", "目的"),
    ("keywords", "Keywords", "关键词"),
    ("start", "Start", "开始日期"),
    ("primary_completion", "Primary completion", "主要完成日期"),
    ("completion", "Completion", "完成日期"),
    ("sharing", "Sharing of individual data", "个体数据共享"),
    ("sharing_plan", "Plan for sharing", "共享计划"),
    ("endpoints", "Endpoints", "终点"),
    ("origin", "Origin", "来源"),
    ("writer", "Writer", "撰写者"),
    ("facts", "Facts", "事实"),
    ("wrote", "Words as generated", "生成时的文字"),
    ("translation", "Translated from", "译自"),
    ("question", "Question", "研究问题"),
    ("design", "Design", "设计"),
    ("digest", "Digest", "摘要值"),
)
"""By the name of the field; others are called by that name."""


def name_of(place: str, name: str, part: object) -> Words:
    """What a reader calls this part: "Visit V3", "Section 3.1 (p2)", "Schedule ecg at V3"."""
    called = PARTS[place]
    if name == place:
        return called
    if place == "passages":
        number = getattr(part, "section", "")
        return Words(en=f"{called.en} {number} ({name})", zh=f"{called.zh} {number}（{name}）")
    if place == "cells":
        activity, visit = name.rstrip("+").split("@")
        return Words(en=f"{called.en}: {activity} at {visit}", zh=f"{called.zh}：{visit} 的 {activity}")
    return Words(en=f"{called.en} {name}", zh=f"{called.zh} {name}")
