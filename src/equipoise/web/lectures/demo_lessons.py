"""What the lectures of the demo year taught: slides, questions of the audience, quizzes and what people said of them.

Each by the lecture's place in `demo_topics.TOPICS`.
"""

SLIDES = {
    # heading and points, each in English and in Chinese
    0: [
        ("A question has five parts", "一个问题有五个部分", [
            ("Population, intervention, comparator, outcome, time", "人群、干预、对照、结局、时间"),
            ("If a part cannot be written down, it has not been decided", "写不出来的部分，就是还没有想清楚的部分"),
        ]),
        ("Is it worth a trial?", "值得做一项试验吗？", [
            ("Feasible, interesting, novel, ethical, relevant", "可行、有意义、新颖、合乎伦理、相关"),
            ("Would either answer change what you do tomorrow?", "无论结果如何，会改变您明天的做法吗？"),
            ("Read the last systematic review first", "先读最近的一篇系统综述"),
        ]),
    ],
    1: [
        ("Four numbers make a sample size", "样本量由四个数决定", [
            ("Type I error, power, variability, the difference to be shown", "I 类错误、检验效能、变异度、要证实的差异"),
            ("Half the difference, four times the patients", "差异减半，患者数变为四倍"),
        ]),
        ("After minor stroke", "轻型卒中之后", [
            ("Recurrence within 90 days: 11.5 % on aspirin, 9 % hoped for on two drugs", "90 天内复发：阿司匹林组 11.5%，双联组期望 9%"),
            ("About 3 100 patients a group for 90 % power", "检验效能 90% 时每组约 3100 例"),
            ("And if aspirin does better than we think?", "如果阿司匹林组好于预期呢？"),
        ]),
        ("People drop out", "总有人失访", [
            ("Divide by the fraction that stays; do not add a fraction", "应除以完成随访的比例，而不是加上失访比例"),
            ("Ask why they leave before you pay for more of them", "增加病例之前，先问问他们为何离开"),
        ]),
    ],
    2: [
        ("Every look costs something", "每次查看都有代价", [
            ("Five looks at 5 % each: one false claim in seven", "五次分析均用 5% 水准：七次中就有一次假阳性"),
            ("Error spending shares one 5 % among the looks", "错误消耗函数把同一个 5% 分配到各次分析"),
        ]),
        ("Stopping early", "提前终止", [
            ("For benefit: rarely, and late enough to be believed", "因有效终止：宜少，且证据须足够有说服力"),
            ("For futility: often, and nobody loses", "因无效终止：常见，且无人受损"),
            ("Estimates from trials that stop early are too large", "提前终止的试验会高估疗效"),
        ]),
    ],
    3: [
        ("Consent is a conversation", "知情同意是一次对话", [
            ("What will be different for me? What if I say no?", "对我会有什么不同？如果我不同意呢？"),
            ("Ask the patient to say it back", "请患者用自己的话复述"),
        ]),
        ("Two committees, one form", "两个伦理委员会，一份知情同意书", [
            ("Translate, translate back, and read it aloud to a patient", "翻译、回译，再读给患者听"),
            ("Each hospital's rules on samples that leave the country", "各医院关于样本出境的规定"),
        ]),
    ],
    5: [
        ("People of one ward are alike", "同一病区的人彼此相似", [
            ("Design effect: 1 + (m − 1) × ICC", "设计效应：1 + (m − 1) × ICC"),
            ("More wards help; more patients of the same ward soon do not", "增加病区有用；同一病区再加患者很快就没有用"),
        ]),
        ("The stepped wedge", "阶梯设计", [
            ("Everyone gets it in the end, in random order", "最终人人都得到干预，先后顺序随机"),
            ("Time is a confounder: the model must hold it", "时间是混杂因素，模型必须纳入"),
            ("Choose it for the roll-out, not for the power", "选择它是为了推行，而不是为了检验效能"),
        ]),
    ],
    6: [
        ("Write down the trial that you would have run", "先写下您本来想做的试验", [
            ("Eligibility, strategies, assignment, follow-up, outcome, contrast, analysis", "入选、策略、分配、随访、结局、对比、分析"),
            ("Then say how the records stand in for each", "再说明病历数据如何替代其中每一项"),
        ]),
        ("Time zero", "时间零点", [
            ("Eligible, assigned and followed from one moment", "自同一时刻起合格、分组并开始随访"),
            ("A grace period: clone, censor, weight", "有宽限期时：克隆、删失、加权"),
        ]),
    ],
}  # fmt: skip
ASKED = {
    # question, who asks ("zh" or "en": in their language), answer or "" while there is none
    0: [
        ("科里每年只有六十例这样的患者，这样的问题还值得问吗？", "Yes, with others: write it so that a second hospital could join without changing a word.", "zh"),
        ("How do you tell an outcome that patients care about from one that we care about?", "Ask ten of them before the protocol is written. It is cheap, and it has changed two of my trials.", "en"),
        ("FINER 五条中若只有“新颖”不满足，是否应放弃？", "Not always: repeating a small trial well can be worth more than a new small one.", "zh"),
    ],
    1: [
        ("病房里入组很慢，能否先按较小的样本量开始，之后再增加？", "可以，但须事先在方案中写明规则，例如盲态下的样本量再估计；看过疗效之后再增加则会抬高 I 类错误。", "zh"),
        ("如果对照组事件率低于预期，该怎么办？", "如为事件驱动的试验，可延长随访；否则在盲态下按合并事件率重新估算样本量。", "zh"),
        ("Is 80 % power still acceptable, or do funders want 90 %?", "Both are conventions. Say what missing the benefit would cost, and choose from there; for a trial nobody will repeat I take 90 %.", "en"),
    ],
    2: [
        ("Do we need a data monitoring board for a trial of 80 patients?", "Not for its size. You need one if the treatment may do harm that you would not see without comparing the groups.", "en"),
        ("期中分析时才发现对照组数据质量差，还能更改界限吗？", "The boundary, no. When the next look happens, yes: the spending function takes any timing that was not chosen by the results.", "zh"),
        ("What do you tell a site that asks how the looks went?", "That the board advised to go on. Nothing else, and the same words each time.", "en"),
    ],
    3: [
        ("患者不识字，由家属代签是否足够？", "No: an impartial witness reads it out and signs as well, and the patient marks it. Both our committees ask for that.", "zh"),
        ("Who pays for the back-translation?", "The programme does, up to two forms a study. Write to the coordinators before you order it.", "en"),
        ("紧急情况下先治疗、后知情同意，两院的要求一致吗？", "", "zh"),
    ],
    5: [
        ("我们只有九个病区，还能做整群随机吗？", "You can, with a small-sample correction and with strata; but look at a crossover of the wards first.", "zh"),
        ("Where do I find an ICC for delirium?", "In the database of our last three trials: 0.02 to 0.06. Plan with the upper end.", "en"),
        ("护士换班跨病区，污染怎么处理？", "Randomise what they share, the building, or measure the contamination and say so. Analysis does not repair it.", "zh"),
    ],
    6: [
        ("电子病历里没有记录医生为何不用药，这样还能模拟吗？", "要看原因是否影响结局：如果影响而又没有记录，任何加权都无法弥补，应改问别的问题。", "zh"),
        ("Is a grace period of 30 days too long for a drug given at discharge?", "For that drug, yes: most fill it within a week. Take the shortest in which the strategy can honestly be begun.", "en"),
        ("阴性对照结局一般选几个？", "两到三个，事先写入方案；须与研究结局有相同的混杂结构，而干预对其不应有作用。", "zh"),
    ],
    7: [
        ("讲座会涉及肿瘤试验中交叉用药的处理吗？", "", "zh"),
        ("Could you show the same trial under two estimands, with the numbers?", "", "en"),
    ],
}  # fmt: skip
QUIZZES = {
    # question, options with the right one first, why; each in English and in Chinese
    1: [
        ("How does the size of a trial change when the difference to be shown is halved?", "要证实的差异减半时，试验的样本量如何变化？",
         [("Four times as many patients", "变为四倍"), ("Twice as many patients", "变为两倍"), ("It stays the same at the same power", "检验效能不变则样本量不变")],
         "The size goes with one over the square of the difference.", "样本量与差异平方的倒数成正比。"),
        ("400 patients with an outcome are needed and one in five is lost. How many are to be enrolled?", "需要 400 例有结局的患者，失访率为五分之一。应入组多少例？",
         [("500", "500"), ("480", "480"), ("420", "420")],
         "400 / 0.8 = 500. With 480, only 384 would remain.", "400 / 0.8 = 500。若入组 480 例，仅余 384 例。"),
        ("What does the power of a trial with a time-to-event outcome mostly depend on?", "以事件发生时间为结局的试验，检验效能主要取决于什么？",
         [("The number of events", "事件数"), ("The number of patients", "患者数"), ("The number of sites", "研究中心数")],
         "Patients without an event add almost nothing to the log-rank test.", "未发生事件的患者对时序检验几乎不提供信息。"),
        ("Where should the difference to be shown come from?", "要证实的差异应从何而来？",
         [("The smallest that matters to patients and can be believed", "对患者有意义且可信的最小差异"), ("What the pilot trial found", "预试验的结果"), ("What makes the size affordable", "使样本量负担得起的数值")],
         "A pilot is too small to say; the budget says nothing about patients.", "预试验样本过小，不足为据；预算与患者获益无关。"),
    ],
    2: [
        ("Five looks, each tested at 5 %: how large is the type I error?", "五次分析均按 5% 水准检验，I 类错误约为多少？",
         [("About 14 %", "约 14%"), ("5 %", "5%"), ("25 %", "25%")],
         "The looks share data, so that it is less than five times 5 %, and far more than 5 %.", "各次分析的数据重叠，因此不到 5% 的五倍，但远高于 5%。"),
        ("What is characteristic of O'Brien–Fleming boundaries?", "O'Brien–Fleming 界限的特点是什么？",
         [("Very strict early, close to the usual level at the end", "早期极严，末次接近通常水准"), ("The same level at every look", "每次分析水准相同"), ("They stop for futility only", "只因无效而终止")],
         "The same level at every look is Pocock's.", "每次水准相同的是 Pocock 界限。"),
        ("The boundary for futility is not binding and the board goes on beyond it. The type I error …", "无效界限无约束力，越界后委员会决定继续，则 I 类错误……",
         [("stays within what was planned", "不超过计划值"), ("is inflated", "会增大"), ("can no longer be computed", "无法再计算")],
         "The efficacy boundaries were computed as if it were not there.", "有效界限在计算时并未以其为前提。"),
        ("Who sees the results of a look by group?", "期中分析的分组结果由谁查看？",
         [("The monitoring board and its statistician", "数据安全监查委员会及其统计师"), ("The sponsor", "申办者"), ("The principal investigator of each site", "各中心主要研究者")],
         "Whoever runs the trial must not know where it stands.", "执行试验的人不应知道试验的走向。"),
    ],
    5: [
        ("30 patients a ward, ICC 0.05: how large is the design effect?", "每病区 30 例，ICC 为 0.05，设计效应是多少？",
         [("2.45", "2.45"), ("1.05", "1.05"), ("1.50", "1.50")],
         "1 + 29 × 0.05 = 2.45.", "1 + 29 × 0.05 = 2.45。"),
        ("What helps power most when the ICC is high?", "ICC 较高时，什么最能提高检验效能？",
         [("More wards", "增加病区"), ("More patients of each ward", "每病区增加患者"), ("A longer questionnaire", "更长的问卷")],
         "With many patients a ward, the number of wards sets the limit.", "每病区患者较多时，上限由病区数决定。"),
        ("What must the analysis of a stepped wedge always take into account?", "阶梯设计的分析必须始终考虑什么？",
         [("Calendar time", "日历时间"), ("The order of the alphabet", "病区名称的顺序"), ("Only the first step", "仅第一个阶梯")],
         "The treated periods are the later ones: what changes with time looks like an effect.", "干预期总在较后的时段，随时间的变化会被误认为疗效。"),
    ],
    6: [
        ("What comes together at time zero?", "哪些事情在时间零点同时发生？",
         [("Eligibility, assignment and the start of follow-up", "合格、分组与随访开始"), ("The first visit and the first dose", "首次就诊与首次用药"), ("Diagnosis and death", "诊断与死亡")],
         "Where they come apart, time is given to one group that it did not earn.", "三者一旦分离，某一组就会白得一段时间。"),
        ("Patients count as treated if they got the drug within 30 days, and are followed from admission. Which bias is that?", "30 天内用过药即算治疗组，而随访自入院开始。这是哪种偏倚？",
         [("Immortal time bias", "永恒时间偏倚"), ("Recall bias", "回忆偏倚"), ("Publication bias", "发表偏倚")],
         "To get the drug they had to live until then.", "要用上药，患者必须先活到那一天。"),
        ("What can no weighting repair?", "哪一种问题任何加权都无法弥补？",
         [("Confounding by what was not recorded", "未记录因素造成的混杂"), ("Loss to follow-up that the records explain", "病历可以解释的失访"), ("Groups of different size", "各组大小不同")],
         "Weights know only what the records know.", "权重所知，不超出病历所载。"),
    ],
}  # fmt: skip
COMMENTS = {
    # in English and in Chinese; what is said of any lecture
    "en": [
        "Clear, and the worked example made it stick.", "The last ten minutes were rushed. Could the slides come beforehand?",
        "I will check our own protocol against this on Monday.", "The sound from Hangzhou was poor for a while; the captions saved me.",
        "More time for questions, please.", "Best of the year so far.", "A little slow for those who know the basics.",
    ],
    "zh": [
        "例子贴近临床，回去就能用。", "语速稍快，希望能提前发讲义。", "中文字幕很有帮助。", "希望多讲一个外科的例子。",
        "比教科书好懂，感谢讲者。", "时间对我们正好，交班之后就能听。", "公式部分没有完全跟上，会再看一遍录像。",
    ],
}  # fmt: skip
RECORDED = 1
"""The lecture of which there is a recording: its slides, with the captions below."""
CAPTIONS = [
    # one after the other over the recording, in English and in Chinese
    ("Good evening, Boston. Good morning, Hangzhou.", "波士顿的各位晚上好，杭州的各位早上好。"),
    ("Tonight we work out the size of one trial, with four numbers.", "今天我们用四个数，把一项试验的样本量算出来。"),
    ("Three of them you choose. One of them you only hope for.", "其中三个由您选择，还有一个只能期望。"),
    ("Half the difference, and you need four times the patients.", "差异减半，需要的患者就变为四倍。"),
    ("Take minor stroke: one in nine comes back within ninety days.", "以轻型卒中为例：九十天内，九人中约有一人复发。"),
    ("If two drugs bring that down to nine percent, you need about 3,100 in each group.", "若双联治疗降至 9%，每组约需 3100 例。"),
    ("People drop out. Divide by those who stay.", "总有人失访，应除以留下来的比例。"),
    ("And ask them why they left. Now to your questions.", "也要问问他们为何离开。下面请提问。"),
]  # fmt: skip
