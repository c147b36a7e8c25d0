"""A protocol with something of every kind in it, in both languages: what the exports are tried on."""

from equipoise.protocol import (
    Activity,
    Amendment,
    Arm,
    Criterion,
    Endpoint,
    Epoch,
    Estimand,
    Identity,
    IntercurrentEvent,
    Objective,
    Passage,
    Planned,
    Protocol,
    Role,
    Schedule,
    Section,
    Site,
    Visit,
    Words,
)  # fmt: skip


def both(en: str, zh: str) -> Words:
    return Words(en=en, zh=zh)


EPOCHS = (
    Epoch(id="screening", label=both("Screening", "筛选期"), kind="screening"),
    Epoch(id="treatment", label=both("Treatment", "治疗期"), kind="treatment"),
    Epoch(id="follow-up", label=both("Follow-up", "随访期"), kind="follow-up"),
)
VISITS = (
    Visit(id="V1", epoch="screening", label=both("Screening", "筛选"), day=-14, before=14),
    Visit(id="V2", epoch="treatment", label=both("Randomisation", "随机化"), day=0),
    Visit(id="V3", epoch="treatment", label=both("Week 4", "第4周"), day=28, before=3, after=3),
    Visit(id="V4", epoch="treatment", label=both("Month 3", "第3个月"), day=90, before=7, after=7),
    Visit(id="V5", epoch="treatment", label=both("Month 6", "第6个月"), day=180, before=7, after=14, place="telephone"),
    Visit(id="V6", epoch="treatment", label=both("Month 12", "第12个月"), day=365, before=14, after=14),
    Visit(id="V7", epoch="follow-up", label=both("Month 18", "第18个月"), day=545, before=14, after=14),
    Visit(id="V8", epoch="follow-up", label=both("Early stop", "提前停药")),
)
ACTIVITIES = (
    Activity(id="consent", label=both("Informed consent", "知情同意"), group=both("Enrolment", "入组")),
    Activity(id="eligibility", label=both("Eligibility check", "资格核查"), group=both("Enrolment", "入组")),
    Activity(id="dispensing", label=both("Trial drug dispensed", "发放试验药物"), group=both("Intervention", "干预")),
    Activity(id="ntprobnp", label=both("NT-proBNP", "NT-proBNP"), group=both("Assessments", "评估")),
    Activity(id="ecg", label=both("Electrocardiogram, 12 leads", "12导联心电图"), group=both("Assessments", "评估")),
    Activity(id="kccq", label=both("KCCQ", "堪萨斯城心肌病问卷"), group=both("Assessments", "评估")),
    Activity(id="events", label=both("Adverse events", "不良事件"), group=both("Safety", "安全性")),
)
WORSE = both("only if symptoms worsened", "仅在症状加重时")
CELLS = (
    *(Planned(activity="consent", visit="V1"), Planned(activity="eligibility", visit="V1")),
    *(Planned(activity="eligibility", visit="V2", condition=both("reconfirmed from records", "由病历再次确认")),),
    *(Planned(activity="dispensing", visit=visit) for visit in ("V2", "V4", "V6")),
    *(Planned(activity="ntprobnp", visit=visit) for visit in ("V2", "V4", "V6", "V7")),
    *(Planned(activity="ecg", visit=visit, condition=WORSE) for visit in ("V4", "V6")),
    *(Planned(activity="kccq", visit=visit) for visit in ("V2", "V4", "V6", "V7")),
    *(Planned(activity="events", visit=visit.id) for visit in VISITS[1:]),
)
SIZE_EN = """The size rests on the primary estimand (section {{section:3.1.1}}) and on criterion {{criterion:I2}}.

| Assumption | Value | *Source* |
| --- | ---: | --- |
| Annual rate of the event, control | 11% | earlier trials |
| Hazard ratio | 0.80 | the **smallest** that matters |

1. The event is counted from {{visit:V2}}.
2. Two points:
   - those in {{arm:A}};
   - those in {{arm:B}}.

Who assesses the outcome: {{todo:name the committee}}."""
SIZE_ZH = """样本量以主要估计目标（{{section:3.1.1}}节）与标准{{criterion:I2}}为依据，
其余假设见下表。

| 假设 | 取值 | *来源* |
| --- | ---: | --- |
| 对照组年事件率 | 11% | 既往试验 |
| 风险比 | 0.80 | 有意义的**最小**效应 |

1. 自{{visit:V2}}起计数事件。
2. 两点：
   - {{arm:A}}受试者；
   - {{arm:B}}受试者。

结局由谁评估：{{todo:填写委员会}}。"""
CODE = """The main analysis, as it will be run:

```r
fit <- coxph(Surv(time, event) ~ arm + strata(site), data = d)  # <- & "quotes" \\ $x$
summary(fit)
```"""


def passage(name: str, en: str, zh: str) -> Passage:
    return Passage(id=name, text=both(en, zh))


SECTIONS = (
    Section(number="1.1.2", passages=(passage("overall", "A parallel-group, double-blind trial.", "平行组双盲试验。"),)),
    Section(number="2.1", passages=(
        passage("purpose", "Heart failure is *common*, costly and **often fatal**.", "心力衰竭常见、花费高，且**常致命**。"),
        Passage(id="stale", text=Words(en="It affects 2% of adults.", zh="译自旧文。").translated("zh", "成人患病率为1%。")
                .with_text("en", "It affects 1.3% of adults.")),
        Passage(id="english-only", text=Words(en="Not yet in Chinese.")),
    )),
    Section(number="8.4.3", passages=(passage("ecg", "See {{activity:ecg}} and {{section:99}}.", "见{{activity:ecg}}与{{section:99}}。"),)),
    Section(number="10.4.1.1", passages=(passage("method", CODE, CODE),)),
    Section(number="10.11", passages=(passage("size", SIZE_EN, SIZE_ZH),)),
    Section(number="12.4", title=both("Analysis data", "分析数据"), passages=(passage("own", "Own section.", "自有章节。"),)),
)  # fmt: skip
PROTOCOL = Protocol(
    identity=Identity(
        title=both(
            "Dapagliflozin against placebo in adults with heart failure and reduced ejection fraction: a randomised trial",
            "达格列净对比安慰剂治疗射血分数降低的成人心力衰竭：一项随机试验",
        ),
        short_title=both("Dapagliflozin in heart failure", "达格列净治疗心力衰竭"), acronym="LAKE-HF",
        protocol_number="EQ-2026-001", version="1.0", date="2026-11-20", phase="3", blinding="double",
        sponsor=both("Lakeside Teaching Hospital", "湖畔教学医院"), registrations={"ClinicalTrials.gov": "NCT00000000"},
    ),
    objectives=(
        Objective(id="O1", level="primary", text=both("To find whether dapagliflozin lowers cardiovascular death or worsening heart failure", "评价达格列净能否降低心血管死亡或心衰恶化"), estimands=("M1",)),
        Objective(id="O2", level="secondary", text=both("To describe quality of life", "描述生活质量"), endpoints=("E2",)),
        Objective(id="O3", level="secondary", text=both("To describe kidney function", "描述肾功能"), endpoints=("E3",)),
    ),
    endpoints=(
        Endpoint(id="E1", level="primary", text=both("Time from randomisation to cardiovascular death or worsening heart failure", "自随机化至心血管死亡或心衰恶化的时间"), visits=("V4", "V6", "V7"), kind="survival"),
        Endpoint(id="E2", level="secondary", text=both("Change in KCCQ total symptom score at month 12", "第12个月KCCQ总症状评分变化"), visits=("V2", "V6"), activities=("kccq",), kind="mean"),
        Endpoint(id="E3", level="secondary", text=both("Slope of eGFR", "eGFR斜率"), kind="mean"),
    ),
    estimands=(
        Estimand(
            id="M1", endpoint="E1", treatment=both("Dapagliflozin 10 mg daily against placebo", "达格列净每日10 mg对比安慰剂"),
            population=both("Adults as defined by the criteria", "符合入排标准的成人"),
            intercurrent_events=(
                IntercurrentEvent(event=both("Stopping trial drug", "停用试验药物"), strategy="treatment-policy", rationale=both("Policy is the question", "所关心的是治疗策略")),
                IntercurrentEvent(event=both("Death from other causes", "其他原因死亡"), strategy="while-on-treatment"),
            ),
            summary=both("Hazard ratio", "风险比"), analysis=both("Cox model stratified by site", "按中心分层的Cox模型"),
            sensitivity=(both("Fine and Gray model", "Fine-Gray模型"), both("Per-protocol analysis", "符合方案集分析")),
        ),
    ),
    criteria=(
        Criterion(id="I1", kind="inclusion", text=both("Age 18 years or more", "年龄≥18岁")),
        Criterion(id="I2", kind="inclusion", text=both("Ejection fraction of 40% or less at {{visit:V1}}", "{{visit:V1}}时射血分数≤40%")),
        Criterion(id="X1", kind="exclusion", text=both("Type 1 diabetes", "1型糖尿病")),
    ),
    arms=(
        Arm(id="A", role="experimental", label=both("Dapagliflozin", "达格列净"), intervention=both("10 mg by mouth once a day, on top of guideline-directed therapy, until the end of the trial", "在指南推荐治疗基础上，每日一次口服10 mg，直至试验结束"), kind="drug"),
        Arm(id="B", role="placebo", label=both("Placebo", "安慰剂"), intervention=both("Matching tablet once a day", "外观一致的片剂，每日一次")),
    ),
    schedule=Schedule(epochs=EPOCHS, visits=VISITS, activities=ACTIVITIES, cells=CELLS, notes=both("Months are of 30 days.", "每月按30天计。")),
    sites=(
        Site(id="hangzhou", name=both("Lakeside Teaching Hospital", "湖畔教学医院"), country="CN", investigator=both("Lin Xiaozhe", "林晓喆"), ethics=both("Lakeside ethics committee", "湖畔伦理委员会"), ethics_approval="2026-118", target=1200),
        Site(id="boston", name=both("Harbor Hospital", "海港医院"), country="US", target=800),
    ),
    roles=(
        Role(id="dmc", level="central", label=both("Data monitoring committee", "数据监查委员会"), duties=both("Looks at the data unblinded", "非盲审阅数据")),
        Role(id="pi", level="local", label=both("Site investigator", "中心研究者"), duties=both("Enrols and treats", "入组与治疗")),
    ),
    sections=SECTIONS,
    amendments=(Amendment(number=1, date="2026-11-18", version="0.9", reason=both("More sites", "增加中心"), sections=("5.2", "10.11")),),
)  # fmt: skip


def with_text(en: str, zh: str = "") -> Protocol:
    """A protocol whose only passage says this."""
    section = Section(number="2.1", passages=(Passage(id="p", text=Words(en=en, zh=zh)),))
    return Protocol(identity=Identity(title=Words(en="A trial", zh="一项试验")), sections=(section,))
