"""A protocol in which every part says something, in both languages."""

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
    Participants,
    Passage,
    Planned,
    Protocol,
    Registration,
    Role,
    Schedule,
    Section,
    Site,
    Visit,
    Words,
)

W = Words
TABLE = "| Look | Information |\n| --- | ---: |\n| 1 | 50% |\n| 2 | 100% |"


def full_protocol() -> Protocol:
    """Dapagliflozin against placebo in heart failure, after DAPA-HF (McMurray 2019); sites and people are made up."""
    return Protocol(
        identity=Identity(
            title=W(en="Dapagliflozin in heart failure with reduced ejection fraction", zh="达格列净治疗射血分数降低的心力衰竭"),
            short_title=W(en="Dapagliflozin in HFrEF", zh="达格列净与HFrEF"), acronym="EXAMPLE-HF",
            protocol_number="HZ-2026-01", version="1.0", date="2026-11-20", phase="3", sponsor=W(en="Hangzhou Hospital", zh="杭州医院"),
            registrations={"ClinicalTrials.gov": "NCT00000000", "ChiCTR": "ChiCTR2600000000"}, funding=W(en="Public funds"),
            blinding="double",
        ),
        objectives=(
            Objective(id="O1", level="primary", text=W(en="To show that dapagliflozin lowers the hazard of death", zh="证明达格列净降低死亡风险"), estimands=("ES1",)),
            Objective(id="O2", level="secondary", text=W(en="To compare the KCCQ score (< 75 points) & quality of life"), endpoints=("E2",)),
        ),
        endpoints=(
            Endpoint(id="E1", level="primary", text=W(en="Time to cardiovascular death", zh="至心血管死亡时间"), visits=("V3",), activities=("vital",), kind="survival"),
            Endpoint(id="E2", level="secondary", text=W(en="Change in KCCQ from baseline to 8 months"), visits=("V3",), activities=("kccq",), kind="mean"),
        ),
        estimands=(
            Estimand(
                id="ES1", endpoint="E1", treatment=W(en="Dapagliflozin against placebo", zh="达格列净对安慰剂"),
                population=W(en="All who were randomised", zh="所有随机受试者"), summary=W(en="Hazard ratio", zh="风险比"),
                intercurrent_events=(
                    IntercurrentEvent(event=W(en="Treatment stopped", zh="停药"), strategy="treatment-policy", rationale=W(en="As in practice")),
                    IntercurrentEvent(event=W(en="Heart transplant"), strategy="composite"),
                ),
                analysis=W(en="Cox regression"), sensitivity=(W(en="Fine and Gray"), W(en="Tipping point", zh="临界点")),
            ),
        ),
        criteria=(
            Criterion(id="I1", kind="inclusion", text=W(en="Age 18 years or older", zh="年龄≥18岁")),
            Criterion(id="I2", kind="inclusion", text=W(en="Ejection fraction ≤ 40%\nby echocardiography")),
            Criterion(id="X1", kind="exclusion", text=W(en="eGFR < 30 ml/min/1.73 m²", zh="eGFR < 30")),
        ),
        arms=(
            Arm(id="A", role="experimental", label=W(en="Dapagliflozin", zh="达格列净"), intervention=W(en="10 mg once daily", zh="10 mg 每日一次"), kind="drug", share=2),
            Arm(id="B", role="placebo", label=W(en="Placebo", zh="安慰剂"), intervention=W(en="Matching placebo once daily"), kind="drug"),
        ),
        schedule=Schedule(
            epochs=(
                Epoch(id="screening", label=W(en="Screening", zh="筛选期"), kind="screening"),
                Epoch(id="treatment", label=W(en="Treatment", zh="治疗期")),
                Epoch(id="follow-up", label=W(en="Follow-up", zh="随访期"), kind="follow-up"),
            ),
            visits=(
                Visit(id="V1", epoch="screening", label=W(en="Screening", zh="筛选"), day=-14, before=0, after=7),
                Visit(id="V2", epoch="treatment", label=W(en="Randomisation", zh="随机"), day=0),
                Visit(id="V3", epoch="treatment", label=W(en="Month 8", zh="8个月"), day=240, before=14, after=14),
                Visit(id="V4", epoch="follow-up", label=W(en="Follow-up call", zh="电话随访"), day=270, before=3, after=3, place="telephone"),
                Visit(id="U1", epoch="treatment", label=W(en="Unscheduled", zh="计划外"), place="home"),
            ),
            activities=(
                Activity(id="consent", label=W(en="Informed consent", zh="知情同意")),
                Activity(id="vital", label=W(en="Vital signs", zh="生命体征"), group=W(en="Safety", zh="安全性")),
                Activity(id="kccq", label=W(en="KCCQ"), group=W(en="Outcomes", zh="结局")),
                Activity(id="lab", label=W(en="Laboratory", zh="实验室检查"), group=W(en="Safety", zh="安全性")),
            ),
            cells=(
                Planned(activity="consent", visit="V1"),
                Planned(activity="lab", visit="V1", condition=W(en="If not done within 30 days", zh="如30天内未做")),
                Planned(activity="vital", visit="V2"), Planned(activity="vital", visit="V3"),
                Planned(activity="kccq", visit="V2"), Planned(activity="kccq", visit="V3"),
                Planned(activity="vital", visit="U1"),
            ),
            notes=W(en="Visits may be at home.", zh="可在家随访。"),
        ),
        participants=Participants(conditions=(W(en="Heart failure", zh="心力衰竭"),), minimum_age=18, planned=4744),
        registration=Registration(purpose="treatment", keywords=(W(en="SGLT2"),), start="2027-01", sharing="yes", sharing_plan=W(en="On request")),
        sites=(
            Site(id="hz", name=W(en="Hangzhou Hospital", zh="杭州医院"), country="CN", investigator=W(en="Li Wei", zh="李伟"), ethics=W(en="Hangzhou ethics committee", zh="杭州伦理委员会"), ethics_approval="2026-7", target=3000),
            Site(id="bos", name=W(en="Boston Hospital", zh="波士顿医院"), country="US", target=1744),
        ),
        roles=(Role(id="cc", level="central", label=W(en="Coordinating centre", zh="协调中心"), duties=W(en="Randomisation")),),
        sections=(
            Section(number="2.1", passages=(Passage(id="purpose", text=W(en="Heart failure kills; see {{section:4.2}}.", zh="心力衰竭致死；见{{section:4.2}}。")),)),
            Section(number="4.2", passages=(Passage(id="why", text=W(en="A *parallel* design with **two** arms.\n\n- one\n- two\n\n" + TABLE, zh="平行设计。")),
                                            Passage(id="todo", text=W(en="Assessed by {{todo:whom}}.")))),
            Section(number="14", title=W(en="Own matters", zh="其他"), passages=(Passage(id="own", text=W(en="1. First\n2. Second with `code` & <angle>")),)),
        ),
        amendments=(
            Amendment(number=1, date="2026-11-01", version="0.9", reason=W(en="More sites", zh="增加中心"), sections=("4.2",)),
            Amendment(number=2, date="2026-11-20", version="1.0", reason=W(en="Ethics committee asked"), sections=("2.1", "14")),
        ),
    )  # fmt: skip
