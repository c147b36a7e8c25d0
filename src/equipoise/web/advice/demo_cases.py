"""The requests of the demo year and what the board said to them; nobody and nothing in it is real."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Point:
    """A recommendation: what, how strong, why, what became of it, and the requester's words."""

    text: str
    strength: str
    reason: str
    state: str = "open"
    answer: str = ""


@dataclass(frozen=True)
class Request:
    """A request: who asked how many days ago, of what, and how far it has come (`work` days with the adviser)."""

    who: str
    ago: int
    kind: str
    fields: tuple[str, ...]
    title: str
    asked: str
    status: str = "closed"
    adviser: str = ""
    question: str = ""
    tried: str = ""
    urgency: str = "routine"
    work: int = 3
    summary: str = ""
    points: tuple[Point, ...] = ()
    note: str = ""
    second: tuple[str, str, tuple[Point, ...]] | None = None
    team: tuple[str, ...] = field(default=())


ADOPTED, DECLINED = "adopted", "declined"
REQUESTS = (
    Request(
        "he.yun", 352, "question", ("neurology", "trial-design"), "轻型卒中后双抗治疗：主要终点应选复发还是残疾？",
        "我们想在轻型卒中患者中比较双联与单药抗血小板。主要终点选 90 天复发，还是改良 Rankin 评分？",
        adviser="d.osei", question="Clopidogrel with aspirin after minor stroke", tried="查阅了已发表的两项大型试验，终点定义不一致。", work=2,
        summary="Choose recurrent stroke within 90 days; keep disability as the first secondary endpoint. Recurrence is what the drug acts on, and minor stroke leaves little disability to prevent.",
        points=(
            Point("Take any new stroke within 90 days as the primary endpoint", "strong", "The treatment acts on it, and the events are adjudicated the same way everywhere.", ADOPTED),
            Point("Have events judged by two neurologists who do not know the treatment", "moderate", "Symptoms of minor recurrences are easily doubted.", ADOPTED, "已与放射科商定盲法判定流程。"),
            Point("Report the Rankin scale as an ordinal outcome", "suggestion", "A cut at 0–1 throws information away.", DECLINED, "随访由社区电话完成，只能区分 0–1 与 2–6。"),
        ),
    ),
    Request(
        "fan.qiu", 341, "statistics", ("cardiology", "survival"), "心衰试验中死亡作为竞争风险如何处理？",
        "主要终点为心衰住院。老年患者死亡率高，是否需要竞争风险模型？", adviser="s.marchetti",
        question="Dapagliflozin in heart failure with reduced ejection fraction", work=4,
        summary="Use the composite of death and worsening heart failure as the primary, with a Cox model. Competing-risk models answer another question and belong in the supplement.",
        points=(
            Point("Make the primary the time to cardiovascular death or worsening heart failure", "strong", "It has no competing event and a clear meaning.", ADOPTED, "已修改研究问题。"),
            Point("Give cumulative incidence curves for each part", "moderate", "Readers must see which part carries the effect.", ADOPTED),
        ),
    ),
    Request(
        "cheng.an", 330, "design", ("critical-care", "cluster"), "氧疗目标试验：按病区整群随机是否更好？",
        "逐个患者随机在夜班很难执行。按病区随机会损失多少效能？", adviser="h.brandvold",
        question="Lower oxygen targets in acute respiratory failure", tried="按 ICC 0.02 粗算，样本量约增加一倍。", work=3,
        summary="Stay with individual randomisation, made easy at the bedside. At an ICC of 0.02 and forty patients a ward, clusters would nearly double the trial and open the door to selection.",
        points=(
            Point("Randomise patients, not wards, through a page that works on a phone", "strong", "It halves the number of patients and hides the allocation.", ADOPTED, "夜班已试行，平均 40 秒。"),
            Point("Measure the ICC in your own wards for three months anyway", "suggestion", "The next study of the department may need it.", ADOPTED),
            Point("Stratify by shock at entry", "moderate", "It predicts death more strongly than anything else.", ADOPTED),
        ),
    ),
    Request(
        "k.iwarsson", 318, "protocol", ("neurology", "ethics"), "Consent for patients who cannot speak after a stroke",
        "Half of our eligible patients are aphasic. May a relative consent within the hour, and what will each hospital's committee accept?",
        adviser="cao.yan", work=5,
        summary="两院伦理委员会均接受家属先行同意，患者恢复后再次确认。方案中需写明时限与无家属时的处理。",
        points=(
            Point("Write deferred consent with a deadline of 72 hours into the protocol", "strong", "Both committees have accepted that before.", ADOPTED),
            Point("Use an information sheet with pictures, tested on ten patients", "moderate", "Aphasia rarely takes away all understanding.", ADOPTED, "Tested on twelve; two pictures were redrawn."),
        ),
    ),
    Request(
        "song.kai", 306, "design", ("surgery", "sample-size"), "腹腔镜胃癌手术的非劣效界值如何论证？",
        "文献中界值从 7.5% 到 15% 不等，审评专家会接受哪一个？", adviser="m.ellery",
        question="Laparoscopic distal gastrectomy for locally advanced gastric cancer", tried="比较了三项既往试验的界值。", urgency="soon", work=2,
        summary="Ten percentage points can be defended, on what surgeons and patients would accept for the easier recovery. Say so in the protocol, with the survey beside it.",
        points=(
            Point("Justify the margin by a survey of patients and surgeons, not by earlier trials alone", "strong", "A margin copied from another trial is the first thing reviewers strike out.", ADOPTED, "已完成 60 名患者与 22 名外科医师的调查。"),
            Point("Show the result at 7.5 points as well", "moderate", "Readers with a stricter view can then judge.", ADOPTED),
            Point("Analyse per protocol as well as by intention to treat", "strong", "Crossover to open surgery makes the arms alike.", ADOPTED),
        ),
    ),
    Request(
        "pan.yue", 295, "real-world", ("cardiology", "real-world", "causal"), "用住院数据模拟支架试验：时间零点怎么定？",
        "有的患者在入院前已服药。从入院、造影还是出院开始随访？", adviser="p.liang",
        question="Coronary intervention or sham in stable angina", work=4,
        summary="Start at the angiogram that makes a patient eligible: eligibility, assignment and follow-up then begin together. Starting at discharge would leave out everyone who died in hospital.",
        points=(
            Point("Set time zero at the qualifying angiogram", "strong", "Later starts create immortal time.", ADOPTED, "数据字典已更新。"),
            Point("Allow a grace period of 30 days for the procedure, by cloning and weighting", "moderate", "Waiting lists differ between the campuses.", ADOPTED),
            Point("Leave out patients who were on the drug before", "moderate", "Those who tolerate a drug are not like those who begin it.", DECLINED, "排除后只剩不到 200 例；改为敏感性分析。"),
        ),
    ),
    Request(
        "yan.song", 283, "statistics", ("respiratory", "outcomes"), "慢阻肺急性加重次数应当如何建模？",
        "多数患者一年内没有急性加重，少数有四五次。泊松还是负二项？", adviser="a.vantongeren",
        question="Fluticasone furoate with vilanterol against exacerbations of COPD", work=2,
        summary="Negative binomial with time at risk as an offset. Poisson would be far too sure of itself.",
        points=(
            Point("Use a negative binomial model with log time at risk as offset", "strong", "The counts vary more than Poisson allows.", ADOPTED),
            Point("Plan the sample size with a dispersion of 0.7 and check it blind at half time", "moderate", "It is the number you know least.", ADOPTED),
        ),
    ),
    Request(
        "xu.qing", 271, "design", ("oncology", "adaptive", "survival"), "肺癌试验中期分析：何时看、看几次？",
        "主要终点为无进展生存。希望能提前停止，但担心高估疗效。", adviser="s.marchetti",
        question="First-line osimertinib in EGFR-mutated lung cancer", work=3,
        summary="One look at two thirds of the events, with O'Brien-Fleming-type spending. An earlier look would stop a trial that nobody believes.",
        points=(
            Point("Plan one interim look at two thirds of the events", "strong", "Earlier estimates exaggerate the effect.", ADOPTED),
            Point("Do not stop for efficacy on progression-free survival before overall survival is mature", "moderate", "Patients will ask about survival.", DECLINED, "监管要求以无进展生存申报；总生存另设门控检验。"),
            Point("Have scans read centrally in a tenth of the patients", "suggestion", "It shows whether local reading leans to one arm.", ADOPTED),
        ),
    ),
    Request(
        "shi.rou", 262, "question", ("paediatrics",), "儿童退热药比较：这个问题值得做试验吗？",
        "门诊家长反复询问两种退热药孰优。是否已有足够证据？", status="declined", note="已有高质量系统综述回答该问题；请先阅读，若仍有缺口欢迎再次提问。",
    ),
    Request(
        "c.whitlock", 250, "conduct", ("oncology", "conduct", "data"), "Site in Hangzhou enters data a month late",
        "Our partner site completes forms four to six weeks after the visit. How do others shorten this without more staff?", adviser="cao.yan", work=3,
        summary="延迟主要来自双份录入。让研究护士在访视当日直接录入电子表，纸质表只留核查用。",
        points=(
            Point("Enter at the visit, on one form only", "strong", "Copying from paper is where the weeks go.", ADOPTED),
            Point("Show each site its own delay every Monday", "moderate", "What is seen is mended.", ADOPTED, "Median delay is down from 34 to 9 days."),
        ),
    ),
    Request(
        "dong.lan", 238, "real-world", ("cardiology", "causal"), "倾向评分匹配后还剩 40% 患者，可以吗？",
        "匹配丢失了大多数老年患者。", adviser="p.liang", work=6,
        summary="Weight instead of matching, and say whom the result is about. What matching left you with is another population.",
        points=(
            Point("Use overlap weights in place of matching", "strong", "They keep all patients for whom there was a choice.", ADOPTED),
            Point("Print the table of who was left out", "moderate", "Readers see whom the answer concerns.", ADOPTED),
        ),
    ),
    Request(
        "qin.chu", 226, "protocol", ("critical-care", "infection", "writing"), "血流感染试验方案：排除标准过多？",
        "目前有 19 条排除标准，入组缓慢。", adviser="h.brandvold", question="Piperacillin-tazobactam for ceftriaxone-resistant bacteraemia", urgency="soon", work=2,
        summary="Nine of the nineteen protect nobody. Drop them, and screen once a day from the laboratory's list.",
        points=(
            Point("Drop the nine exclusions marked in the attached list", "strong", "They cost a third of the patients and protect none.", ADOPTED, "伦理修正案已获批准，入组提高一倍。"),
            Point("Screen from the laboratory's list at 8 every morning", "moderate", "The window is 72 hours from the blood culture.", ADOPTED),
        ),
    ),
    Request(
        "gu.heng", 214, "statistics", ("bayesian", "sample-size"), "先验应如何选取才能让评审放心？",
        "设计采用贝叶斯监查，评审要求说明先验。", adviser="a.vantongeren", work=3,
        summary="Give three priors and show that the decision is the same under each, or say when it is not.",
        points=(
            Point("Show sceptical, neutral and enthusiastic priors side by side", "strong", "It answers the reviewers before they ask.", ADOPTED),
            Point("Report type I error of the rule by simulation", "strong", "Regulators will ask for it whatever the paradigm.", ADOPTED),
        ),
    ),
    Request(
        "yuan.shu", 201, "question", ("surgery",), "胆囊切除术后是否需要常规引流？", "想做随机试验。", status="withdrawn", note="已找到足够证据，科室已改变常规。",
    ),
    Request(
        "tang.wei", 190, "design", ("oncology", "survival"), "免疫治疗的延迟效应如何影响样本量？",
        "两条曲线在前 3 个月重叠，比例风险假设不成立。", adviser="s.marchetti", question="Nivolumab in previously treated squamous lung cancer", work=4,
        summary="Plan on the average hazard ratio over the planned follow-up, and show the loss if the delay is six months instead of three.",
        points=(
            Point("Add a scenario with a delay of six months", "strong", "Power falls below 70 % there, and the team should know.", ADOPTED),
            Point("Name the weighted log-rank test in the protocol, with its weights", "moderate", "Chosen later it will not be believed.", ADOPTED),
            Point("Report restricted mean survival at 24 months", "suggestion", "Patients understand months.", ADOPTED),
        ),
    ),
    Request(
        "g.petrakis", 176, "conduct", ("critical-care", "ethics"), "A safety board across two time zones",
        "How do we let a DSMB of five meet when two members are in Hangzhou?", adviser="cao.yan", work=2,
        summary="固定在杭州早上八点、波士顿前一日晚间开会；紧急事件先由主席与一名统计师在 24 小时内判断。",
        points=(
            Point("Meet at 08:00 in Hangzhou, and print both times in every invitation", "strong", "The hour moves in Boston twice a year.", ADOPTED),
            Point("Let the chair and the statistician decide alone within a day when it cannot wait", "moderate", "Five people are never free at once.", DECLINED, "Our charter asks for three; we took the chair, the statistician and one clinician."),
        ),
    ),
    Request(
        "mei.zhu", 160, "statistics", ("surgery", "outcomes"), "术后疼痛评分缺失两成，如何处理？",
        "出院早的患者缺失更多。", adviser="m.ellery", work=5,
        summary="Patients who leave early are in less pain, so dropping them misleads. Impute by multiple imputation within arms, with length of stay in the model.",
        points=(
            Point("Use multiple imputation with length of stay in the model", "strong", "It explains why the values are missing.", ADOPTED),
            Point("Show a tipping-point analysis", "moderate", "It says how bad the missing values must be to change the answer.", ADOPTED),
            Point("Ask by telephone on day 3", "strong", "Data that are there need no model.", ADOPTED, "新方案已采用电话随访。"),
        ),
    ),
    Request(
        "lu.zhen", 145, "design", ("neurology", "cluster"), "再灌注质量改进项目：阶梯设计还是平行整群？",
        "所有医院最终都要接受干预。", adviser="h.brandvold", question="A quality programme for reperfusion in acute ischaemic stroke", work=4,
        summary="Parallel clusters with a waiting list: fewer hospitals, and time trends do no harm. The stepped wedge is for when you must roll out anyway and can measure everywhere from the start.",
        points=(
            Point("Use parallel clusters; give the programme to the controls afterwards", "strong", "It needs eleven hospitals fewer at your ICC.", ADOPTED),
            Point("Stratify by volume of strokes a year", "moderate", "Large centres are faster already.", ADOPTED),
        ),
        second=("a.vantongeren", "I agree with the parallel design; I would spend the hospitals saved on a longer baseline.", (
            Point("Measure six months of baseline in every hospital", "moderate", "It raises power more than two more clusters do.", ADOPTED, "已纳入方案第二版。"),
        )),
    ),
    Request(
        "b.adeyemi", 128, "real-world", ("cardiology", "real-world", "data"), "Which Chinese codes are a myocardial infarction?",
        "We want the same phenotype at both hospitals; ICD-10 use differs.", adviser="p.liang", work=7,
        summary="Validate a list of codes on 200 charts at each hospital before anything else. 两院编码习惯不同，先核对病历。",
        points=(
            Point("Read 100 charts with and 100 without the codes at each hospital", "strong", "No published list was checked in Hangzhou.", ADOPTED, "Positive predictive value 0.94 and 0.88."),
            Point("Add troponin where it is stored", "moderate", "It raises the sensitivity by a tenth in most studies.", "open"),
        ),
        status="advised",
    ),
    Request(
        "jiang.he", 96, "question", ("oncology", "outcomes"), "生活质量可以作为主要终点吗？",
        "姑息化疗中，延长两周生存不如生活质量重要。", adviser="s.marchetti", work=3, status="advised",
        summary="Yes, if one scale, one time and one meaningful difference are named beforehand, and deaths are handled openly.",
        points=(
            Point("Name one domain at 12 weeks as the primary", "strong", "Thirty items at five visits cannot all be primary.", ADOPTED),
            Point("Treat death as the worst rank", "moderate", "Leaving out the dead favours the more toxic arm.", "open"),
            Point("Ask patients what difference matters", "suggestion", "The published one comes from breast cancer.", "open"),
        ),
    ),
    Request(
        "bai.xue", 61, "design", ("anaesthesia", "sample-size"), "术后谵妄发生率不确定，如何估算样本量？",
        "文献报道从 10% 到 35%。", adviser="m.ellery", work=4, status="advised", tried="按 20% 估算需要 780 例。",
        summary="Plan for the range, not for one number: re-estimate the size blind after 200 patients, with a cap.",
        points=(
            Point("Re-estimate the sample size from the pooled rate after 200 patients", "strong", "It costs nothing in type I error.", ADOPTED),
            Point("Cap it at 1,000", "moderate", "The grant ends.", DECLINED, "经费上限为 900 例。"),
            Point("Train the raters together with the neurologists", "strong", "The reported rates differ by who looks.", "open"),
        ),
    ),
    Request(
        "m.dasgupta", 44, "statistics", ("infection", "survival"), "Recovery time when patients die: hazard ratio or win ratio?",
        "Our reviewers disagree about time to recovery in Covid-19.", adviser="a.vantongeren", question="Remdesivir in hospitalised patients with Covid-19", work=3, status="advised",
        summary="Keep time to recovery with deaths censored at the end of follow-up, as a subdistribution analysis, and say that plainly.",
        points=(
            Point("State the estimand in the words of ICH E9(R1)", "strong", "The quarrel is about the question, not the method.", "open"),
            Point("Show deaths by arm beside it", "strong", "Nobody should have to search for them.", "open"),
        ),
    ),
    Request(
        "lin.xiao", 30, "design", ("neurology", "adaptive", "sample-size"), "早期康复试验：推荐的成组序贯设计是否可行？",
        "搜索推荐两次期中分析的成组序贯设计。DSMB 每三个月只能开一次会，是否可行？", adviser="m.ellery",
        question="Clopidogrel with aspirin after minor stroke", work=3, status="advised", team=("shen.mu",),
        tried="与统计师讨论后，担心期中数据清理来不及。",
        summary="Feasible, with one look instead of two: the second saves eleven patients and costs a data lock.",
        points=(
            Point("Keep one interim look at half of the information", "strong", "The second look saves little.", ADOPTED, "已在新版本中修改。"),
            Point("Lock only the primary outcome for the look", "moderate", "It takes two weeks instead of six.", "open"),
            Point("Use a non-binding futility boundary", "moderate", "The board may then go on for safety data.", "open"),
        ),
    ),
    Request(
        "gong.yi", 19, "protocol", ("respiratory", "writing"), "结核短程方案：门诊随访频率可否降低？",
        "每两周随访对外地患者负担太重。", status="assigned", adviser="cao.yan", question="A shorter regimen for rifampicin-resistant tuberculosis", work=9,
    ),
    Request(
        "o.lindqvist", 9, "statistics", ("survival", "bayesian"), "Borrowing controls from the Hangzhou registry",
        "May we borrow 2019–2023 controls for a small trial, and how much?", status="assigned", adviser="a.vantongeren", work=3,
    ),
    Request(
        "wei.lu", 6, "question", ("critical-care",), "ICU 早期活动：对照组该怎样定义“常规护理”？",
        "各病区常规差别很大。", status="assigned", adviser="h.brandvold", urgency="soon", work=2, question="Neuromuscular blockade in early severe ARDS",
    ),
    Request(
        "pan.yue", 4, "real-world", ("real-world", "causal", "data"), "用医保数据随访五年死亡率",
        "医保数据与死因登记能否链接？隐私要求如何满足？", status="accepted", note="h.brandvold",
    ),
    Request(
        "shen.mu", 3, "design", ("neurology", "sample-size"), "卒中后抑郁筛查试验的样本量", "希望发现 8 个百分点的差异。", status="submitted", urgency="urgent",
        tried="用公式算得 640 例，但失访可能达 25%。", question="A quality programme for reperfusion in acute ischaemic stroke",
    ),
    Request(
        "g.petrakis", 1, "conduct", ("critical-care", "conduct"), "Starting a second site in Hangzhou within the quarter",
        "Which contracts and approvals are needed on both sides, and in which order?", status="submitted",
    ),
    Request(
        "he.yun", 0, "protocol", ("neurology",), "取栓后血压目标试验方案（草稿）", "尚在撰写：目标 120 还是 140？", status="draft",
    ),
    Request(
        "c.whitlock", 0, "design", (), "Platform trial with three immunotherapies", "", status="draft",
    ),
)  # fmt: skip

BOARD = (
    # who, how many cases at a time, since how many days
    ("m.ellery", 4, 360), ("a.vantongeren", 4, 360), ("d.osei", 3, 360), ("p.liang", 3, 340),
    ("s.marchetti", 3, 360), ("h.brandvold", 3, 350), ("cao.yan", 3, 360),
)  # fmt: skip
NOTES = (
    "Two cases: the margin of the gastric trial stands; the cluster question goes to Professor Brandvold in writing.",
    "讨论了三项咨询：竞争风险、时间零点与延迟效应。请请求人一周内更新研究问题。",
    "One long case on consent after stroke. 两院伦理要求已列成对照表，附于咨询。",
)
