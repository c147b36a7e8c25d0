"""The quantities that a protocol states in several places, and how English and Chinese state them."""

from __future__ import annotations

from equipoise.protocol.checks.known import (
    AGES,
    ages,
    alpha,
    arms,
    bounds,
    criteria_ages,
    follow_up,
    interims,
    level_of,
    margin,
    months,
    patients,
    same_follow_up,
    same_level,
    shares,
    show_level,
    sites,
)
from equipoise.protocol.checks.stated import (
    TIME,
    Quantity,
    close,
    days,
    fact,
    in_per_cent,
    in_time,
    near,
    number,
    ratio_of,
    share,
)
from equipoise.protocol.words import Words

PEOPLE = r"(?:participants|patients|subjects|people|adults|women|men|children|infants)"
SUPPOSED = r"\b(?:if|were|would|could|might|assuming|scenario|suppose|sensitivity|previous|earlier|registry)\b|若|如果|假如|情景|假设|既往|敏感性"
"""Sentences that suppose something, or tell of another study."""
A_PART = r"\b(?:per|each|every|either|screen\w*|expect\w*|on average|mean|evaluable|interim|look|stopp\w*|sub-?study|first|minimum|at least)\b|每组|各组|每家|每个|各中心|筛选|期望|预期|平均|可评价|期中|中期|亚组|子研究|首批|至少"
"""Sentences that speak of a part of the participants."""
COUNTED = r"(\d+)"
PERCENT = r"(\d+(?:\.\d+)?\s*%|0?\.\d+)"
EARLIER = r"\b(?:previous|earlier|published|meta-analys\w+|systematic review)\b|既往|已发表|荟萃|系统综述"

_EVENTS = r"(?:primary |outcome |endpoint |target |confirmed )*(?:events|deaths)(?! per)"

QUANTITIES: tuple[Quantity, ...] = (
    Quantity(
        code="sample-size",
        name=Words(en="Sample size", zh="样本量"),
        patterns={
            "en": (
                rf"(?:sample size(?: (?:of|is|will be))?|number of {PEOPLE}|in total|a total of|enrol\w*|recruit\w*|randomi[sz]\w*|includ\w*|planned (?:size|enrolment))"
                rf"\W{{0,3}}(?:is |of |are |will be )?(?:approximately |about |up to |a total of |at most )?{COUNTED}(?![\d.:%]|\s*(?:sites|centres|centers|hospitals|months|weeks|days|years|events|deaths|clusters|arms|groups|countries|interim|look))",
                rf"{COUNTED} {PEOPLE} (?:in total|in all|will be (?:enrolled|randomi[sz]ed|recruited|included)|are (?:to be )?(?:enrolled|randomi[sz]ed|needed|required))",
            ),
            "zh": (
                rf"(?:总?样本量|受试者(?:总)?(?:人)?数|(?:共|计划|拟|将)(?:计划|拟|将|共)?(?:入组|纳入|招募|随机(?:化|分配)?|入选))(?:合计|共|约|为|是|:|\s)*{COUNTED}(?=\s*(?:名|例|位|人|$|[,，。；)）]))",
                rf"(?:共|合计|总计|总共|共计)(?:约)?{COUNTED}\s*[名例位]",
                rf"(?:入组|纳入|招募|随机分配|入选)(?:约|共)?{COUNTED}\s*[名例位]",
            ),
        },
        value=number,
        same=close(0.5),
        known=patients,
        skip=rf"{SUPPOSED}|{A_PART}",
        items=("19",),
    ),
    Quantity(
        code="power",
        name=Words(en="Power", zh="检验效能"),
        patterns={
            "en": (
                rf"{PERCENT} power\b",
                rf"\bpower(?: \w+){{0,3}}?\s*(?:of|is|:|at least|=|≥)\s*(?:at least |about )?{PERCENT}",
            ),
            "zh": (
                rf"(?:检验效能|把握度|检验功效|功效)(?:至少|约|不低于|达到|达|为|是|:|≥|\s)*{PERCENT}",
                rf"{PERCENT}\s*的?(?:检验效能|把握度|检验功效)",
            ),
        },
        value=share,
        same=close(0.0051),
        known=lambda reading: fact(reading, "target_power", "power", "assurance"),
        skip=SUPPOSED + r"|conditional|predictive|条件|预测",
        items=("19",),
        show=in_per_cent,
    ),
    Quantity(
        code="alpha",
        name=Words(en="Significance level", zh="检验水准"),
        patterns={
            "en": (
                r"(?:significance level|type I error(?: rate| probability)?|\balpha\b|α|level of significance|level)(?: of| is| at| to| =|:|=| controlled at| will be| a| be| kept| two-sided| one-sided|\s)*\(?(0?\.\d+|\d+(?:\.\d+)?\s*%)",
                r"(0?\.\d+|\d(?:\.\d+)?\s*%) (?:two-sided|one-sided)?\s*(?:significance )?level",
            ),
            "zh": (
                rf"(?:检验水准|显著性水平|[IⅠ1一]类错误(?:概率|率)?|α)(?:控制在|控制|为|是|=|:|不超过|取|双侧|单侧|\s)*{PERCENT}",
                rf"(?:双侧|单侧)\s*(?:α\s*=?)?\s*{PERCENT}",
            ),
        },
        value=level_of,
        same=same_level,
        known=alpha,
        skip=SUPPOSED + r"|nominal|interim|look|boundar|spen[dt]|confidence|名义|期中|界限|消耗|置信|each|每",
        items=("27a", "19"),
        show=show_level,
    ),
    Quantity(
        code="events",
        name=Words(en="Number of events", zh="事件数"),
        patterns={
            "en": (
                rf"(?:require[sd]?|until|a total of|after|when|needs?|needed|accru\w*|observ\w+|number of events)\W{{0,3}}(?:is |of |are )?(?:approximately |about |at least |a total of )?{COUNTED}(?: {_EVENTS}|$)",
                rf"{COUNTED} {_EVENTS} (?:are|is|will be) (?:needed|required|observed)",
            ),
            "zh": (
                rf"(?:需要?|共|累计|达到?|观察到|发生|事件数(?:为|:)?)(?:约|至少|\s)*{COUNTED}\s*(?:个|例|起|次)?(?:主要)?(?:终点|结局)?(?:事件|死亡)",
            ),
        },
        value=number,
        same=close(0.5),
        known=lambda reading: fact(reading, "events"),
        skip=SUPPOSED + r"|interim|look|adverse|futility|期中|中期|不良",
        items=("19",),
    ),
    Quantity(
        code="interim-analyses",
        name=Words(en="Number of interim analyses", zh="期中分析次数"),
        patterns={
            "en": (
                r"(?P<count>\d+) (?:planned |formal |scheduled )*(?:interim (?:analys[ei]s|looks?))",
                r"(?:number of interim (?:analyses|looks))\W{0,3}(?:is )?(?P<count>\d+)",
                r"(?P<count>(?!))|\b(?:no|without|not? (?:plan\w* )?any) (?:planned |formal )*interim (?:analys[ei]s|looks?)",
            ),
            "zh": (
                r"(?<!第)(?P<count>\d+)次(?:计划的?)?(?:期中|中期)分析",
                r"期中分析(?:次数)?(?:为|:|共)\s*(?P<count>\d+)次?",
                r"(?P<count>(?!))|(?:不(?:进行|设|作|做|计划)|无|没有)(?:任何|计划的)?(?:期中|中期)分析",
            ),
        },
        value=interims,
        same=close(0.5),
        known=lambda reading: fact(reading, "interim_looks"),
        skip=EARLIER + r"|st interim|nd interim|why|为何",
        items=("28b",),
    ),
    Quantity(
        code="boundary",
        name=Words(en="Stopping boundary", zh="终止界限"),
        patterns={
            "en": (
                r"\b[zZ](?:-?(?:value|statistic|score))?\s*(?:of|is|exceeds|above|below|=|>|<|≥|≤|at least|greater than|beyond)+\s*(?:is |than )?([-−]?\d+\.\d+)",
            ),
            "zh": (r"[zZ](?:值|统计量)?\s*(?:大于|超过|小于|低于|高于|等于|为|达到|=|>|<|≥|≤|\s)+([-−]?\d+\.\d+)",),
        },
        value=lambda match, _: float(match[1].replace("−", "-")),
        same=lambda a, b: abs(abs(a) - abs(b)) < 0.0051,
        known=bounds,
        items=("28b",),
        show=lambda value, _: f"{value:.4g}",
    ),
    Quantity(
        code="allocation",
        name=Words(en="Allocation ratio", zh="分配比例"),
        patterns={
            "en": (
                r"(?:ratio|random\w*|allocat\w*|assign\w*)[^.:;]{0,60}?\b(?P<ratio>\d+:\d+(?::\d+)*)\b",
                r"\b(?P<ratio>\d+:\d+(?::\d+)*) (?:ratio|random\w+|allocation)",
                r"(?:ratio)\W{1,3}(?P<ratio>\d+:\d+(?::\d+)*)",
            ),
            "zh": (
                r"(?:比例|随机|分配)[^。；]{0,24}?(?P<ratio>\d+:\d+(?::\d+)*)",
                r"(?P<ratio>\d+:\d+(?::\d+)*)\s*(?:的比例|随机|分配)",
            ),
        },
        value=ratio_of,
        same=lambda a, b: a == b,
        known=shares,
        skip=SUPPOSED,
        items=("12", "21b"),
        show=lambda value, _: ":".join(map(str, value)),
    ),
    Quantity(
        code="arms",
        name=Words(en="Number of arms", zh="组数"),
        patterns={
            "en": (r"\b(\d+)[- ](?:(?:parallel|treatment|study|trial)[- ])*(?:arms?|groups?)\b",),
            "zh": (r"(?<![第\d])(\d+)(?:个)?(?:平行|治疗|试验)*组(?!成|别间)",),
        },
        value=number,
        same=close(0.5),
        known=arms,
        skip=SUPPOSED + r"|age|subgroup|亚组|年龄",
        sections=("1", "4", "6", "10.11"),
        items=("12",),
    ),
    Quantity(
        code="sites",
        name=Words(en="Number of sites", zh="研究中心数"),
        patterns={
            "en": (
                r"\b(\d+) (?:\w+ ){0,2}?(?:sites|centres|centers|hospitals)\b",
                r"number of (?:sites|centres|centers)\W{0,3}(?:is )?(\d+)",
            ),
            "zh": (r"(\d+)\s*(?:家|个)(?:研究|参与|临床)?(?:中心|医院)", r"中心数(?:为|:)?\s*(\d+)"),
        },
        value=number,
        same=close(0.5),
        known=sites,
        skip=SUPPOSED + r"|coordinating|month|first|协调|每月|首",
        items=("13",),
    ),
    Quantity(
        code="follow-up",
        name=Words(en="Follow-up of each participant", zh="每名受试者的随访时间"),
        patterns={
            "en": (
                rf"(?:participant|patient|person|everyone)s?\b[^.;]{{0,40}}?followed(?: up)?(?: for| until)? {TIME}",
                rf"follow-up (?:of|for) (?:each|every) (?:participant|patient)\W{{1,4}}(?:is |lasts |for )?{TIME}",
                rf"(?:each|every|per) (?:participant|patient)\W{{1,4}}follow-up\W{{0,3}}(?:of|is|lasts)?\s*{TIME}",
                rf"follow-up per (?:participant|patient)\W{{1,4}}(?:is )?{TIME}",
            ),
            "zh": (
                rf"(?:每名|每位|各|所有)?(?:受试者|患者)[^。；]{{0,8}}?(?:均|将|共)?随访(?:期|时间|时长)?(?:为|共|至|持续|:|\s)*{TIME}",
            ),
        },
        value=days,
        same=same_follow_up,
        known=follow_up,
        skip=SUPPOSED + r"|until the end of the trial|共同截止",
        items=("18",),
        show=in_time,
    ),
    Quantity(
        code="duration",
        name=Words(en="Duration of the trial", zh="试验总时长"),
        patterns={
            "en": (
                rf"(?:trial|study)(?: as a whole)?(?: is expected to| will)? (?:last|take|run)s?(?: for| about)* {TIME}",
                rf"(?:total|overall|planned|expected) (?:trial |study )?duration(?: of the (?:trial|study))?\W{{0,3}}(?:is |of )?(?:about )?{TIME}",
            ),
            "zh": (rf"(?:试验|研究)(?:预计)?(?:总)?(?:持续|历时|时长|周期|总?期限)(?:时间)?(?:共|约|为|:|\s)*{TIME}",),
        },
        value=days,
        same=near(0.1),
        known=months,
        skip=SUPPOSED + r"|participant|patient|受试者|患者",
        items=("18",),
        show=in_time,
    ),
    Quantity(
        code="age-lower",
        name=Words(en="Lowest age", zh="年龄下限"),
        patterns={"en": AGES["en"], "zh": AGES["zh"]},
        value=ages(0),
        same=close(0.5),
        known=criteria_ages(AGES, 0),
        skip=EARLIER + r"|years old or younger",
        sections=("1", "5"),
        items=("14a",),
    ),
    Quantity(
        code="age-upper",
        name=Words(en="Highest age", zh="年龄上限"),
        patterns={"en": AGES["en"], "zh": AGES["zh"]},
        value=ages(1),
        same=close(0.5),
        known=criteria_ages(AGES, 1),
        skip=EARLIER,
        sections=("1", "5"),
        items=("14a",),
    ),
    Quantity(
        code="dropout",
        name=Words(en="Allowance for dropout", zh="脱落率"),
        patterns={
            "en": (
                rf"(?:dropout|drop-out|attrition|loss to follow-up|losses to follow-up)(?: rate)?(?: of| is|:| at|=|\s)*{PERCENT}",
                rf"{PERCENT} (?:dropout|drop-out|attrition|loss to follow-up|are lost to follow-up|will be lost|lost to follow-up)",
            ),
            "zh": (rf"(?:脱落率|失访率|脱落)(?:按|为|约|:|\s)*{PERCENT}", rf"{PERCENT}\s*(?:的)?(?:脱落|失访)"),
        },
        value=share,
        same=close(0.0005),
        known=lambda reading: fact(reading, "dropout"),
        skip=SUPPOSED + r"|exceed|more than|超过",
        items=("19",),
        show=in_per_cent,
    ),
    Quantity(
        code="margin",
        name=Words(en="Margin", zh="界值"),
        patterns={
            "en": (
                r"(?:non-?inferiority|equivalence) margin(?: of| is|:|=|\s)*(\d+(?:\.\d+)?)",
                r"margin of (\d+(?:\.\d+)?)",
            ),
            "zh": (r"(?:非劣效|等效)性?界值(?:为|是|:|=|\s)*(\d+(?:\.\d+)?)",),
        },
        value=number,
        same=lambda a, b: abs(a - b) < 1e-6 or abs(a - 100 * b) < 1e-4 or abs(100 * a - b) < 1e-4,
        known=margin,
        skip=SUPPOSED,
        items=("19",),
    ),
)
