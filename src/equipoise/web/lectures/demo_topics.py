"""What the lectures of the demo year are about: topics that a programme of two hospitals would choose."""

TOPICS = [
    # speaker, topic in English and in Chinese, summary in both, competencies, expertise, example (part of a question's title)
    (
        "m.ellery", "From a question on the ward to a trial", "从病房里的问题到一项临床试验",
        "How a question becomes population, intervention, comparator, outcome and time; which questions are worth a trial; and what to read before writing the first line of a protocol.",
        "如何将一个临床问题表述为人群、干预、对照、结局与时间；哪些问题值得开展试验；动笔写方案之前应当查阅什么。",
        ["science"], ["trial-design"], "",
    ),
    (
        "w.zhao", "How many patients? Sample size without fear", "需要多少患者？不再畏惧样本量",
        "What goes into a sample size and where each number comes from. We work through a trial of dual antiplatelet treatment after minor stroke and see what happens when the assumptions are wrong.",
        "样本量由哪些参数决定，每个数字从何而来。以轻型卒中双联抗血小板试验为例逐步计算，并看假设有误时会发生什么。",
        ["science", "data"], ["sample-size"], "clopidogrel",
    ),
    (
        "a.vantongeren", "Looking early: interim analyses and why trials stop", "提前查看：期中分析与试验为何提前终止",
        "Group-sequential designs from both sides: what a look costs, what it saves, and what a data and safety monitoring board needs to see. With the boundaries of a trial that stopped early.",
        "从正反两面看成组序贯设计：一次期中分析的代价与收益，数据安全监查委员会需要看到什么。以一项提前终止的试验的界限为例。",
        ["science", "ethics"], ["adaptive"], "dapagliflozin",
    ),
    (
        "n.farrow", "Consent across languages", "跨语言的知情同意",
        "Consent is a conversation. What two ethics committees ask for, how translations fail, and how to test whether a patient has understood.",
        "知情同意是一次对话。两个伦理委员会各有何要求，翻译如何出错，怎样检验患者是否真正理解。",
        ["ethics", "teamwork"], ["ethics"], "",
    ),
    (
        "d.osei", "Outcomes that matter after stroke", "卒中之后真正重要的结局",
        "The modified Rankin scale, utility-weighted outcomes and what patients say they want. How the choice of an outcome changes the size of a trial.",
        "改良 Rankin 量表、效用加权结局，以及患者真正在意什么。结局的选择如何改变试验规模。",
        ["science"], ["outcomes", "neurology"], "reperfusion",
    ),
    (
        "h.brandvold", "Randomising wards: cluster and stepped-wedge trials", "以病区为单位的随机化：整群与阶梯设计试验",
        "When the ward is the unit. Intracluster correlation, too few clusters, and why a stepped wedge is seldom the easy way out.",
        "当随机化单位是病区时：组内相关系数、整群过少的问题，以及为何阶梯设计很少是捷径。",
        ["science", "management"], ["cluster", "critical-care"], "oxygen",
    ),
    (
        "p.liang", "Trials that were never run: emulating a target trial", "从未开展的试验：目标试验模拟",
        "What hospital records can and cannot answer. Time zero, grace periods, and the four mistakes that make treatments look better than they are.",
        "医院记录能回答什么、不能回答什么。时间零点、宽限期，以及使治疗显得更好的四种常见错误。",
        ["science", "data"], ["real-world", "causal"], "",
    ),
    (
        "s.marchetti", "Estimands: saying what is estimated", "估计目标：说清楚究竟估计什么",
        "Rescue treatment, stopping, death: the events between randomisation and outcome, and how ICH E9(R1) makes us decide before the data do.",
        "补救治疗、停药、死亡：从随机化到结局之间的伴发事件，以及 ICH E9(R1) 如何让我们在数据之前作出决定。",
        ["science", "products"], ["trial-design", "oncology"], "nivolumab",
    ),
    (
        "l.castellan", "Writing a protocol that others can run", "写一份别人也能执行的方案",
        "The protocol in the form of ICH M11, SPIRIT 2025 line by line, and the paragraphs that reviewers look for first.",
        "采用 ICH M11 格式的研究方案，逐条解读 SPIRIT 2025，以及审稿人最先寻找的段落。",
        ["leadership", "teamwork"], ["writing"], "",
    ),
    (
        "m.ellery", "Not worse, and how we know: non-inferiority", "不劣于，以及如何证明：非劣效试验",
        "Where a margin comes from, why sloppy conduct makes treatments alike, and how two regulators read the same trial.",
        "界值从何而来，为何草率的执行会使两种治疗看似相同，以及两国监管机构如何解读同一项试验。",
        ["science", "products"], ["trial-design"], "laparoscopic",
    ),
    (
        "j.achterberg", "What is already known: evidence before a trial", "已知的是什么：试验之前的证据",
        "Searching registries and reviews in two languages, and a cumulative meta-analysis that would have made three trials unnecessary.",
        "用两种语言检索注册库与系统综述；一项累积荟萃分析如何使三项试验变得多余。",
        ["science", "leadership"], ["evidence", "cardiology"], "",
    ),
    (
        "n.farrow", "Running a trial at two hospitals, 12 hours apart", "相隔十二小时的两家医院共同开展试验",
        "Contracts, samples, monitoring, serious adverse events at three in the morning: what the first joint trial taught us.",
        "合同、样本、监查、凌晨三点的严重不良事件：首个联合试验给我们的经验。",
        ["operations", "management"], ["conduct"], "",
    ),
    (
        "e.thornbury", "Blinding a scalpel: trials in surgery", "为手术刀设盲：外科试验",
        "Learning curves, expertise-based randomisation, and sham procedures: when they are right and when not.",
        "学习曲线、基于专长的随机化与假手术：何时合适，何时不合适。",
        ["science", "operations"], ["surgery"], "",
    ),
    (
        "p.liang", "Clean data from a busy clinic", "繁忙门诊中的干净数据",
        "Case report forms that nurses like, checks that catch what matters, and a data management plan on two pages.",
        "护士乐于使用的病例报告表、抓住要害的核查，以及两页纸的数据管理计划。",
        ["data", "operations"], ["data"], "",
    ),
]  # fmt: skip
