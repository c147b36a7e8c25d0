"""More people of the demo programme, so that its year is one of two whole hospitals; nobody in it is real."""

from datetime import date

from equipoise.web.people.holidays import fill_public_holidays
from equipoise.web.people.models import Institution, Membership, User

INVESTIGATOR, STATISTICIAN = Membership.Role.INVESTIGATOR, Membership.Role.STATISTICIAN
ADVISER, SPEAKER, STAFF = Membership.Role.ADVISER, Membership.Role.SPEAKER, Membership.Role.SITE_STAFF
DEPARTMENTS = {
    # code: (at the first hospital, at the second)
    "neurology": ("神经内科 Neurology", "Neurology"),
    "cardiology": ("心血管内科 Cardiology", "Cardiology"),
    "oncology": ("肿瘤科 Oncology", "Cancer Center"),
    "critical-care": ("重症医学科 Critical Care", "Critical Care"),
    "surgery": ("普通外科 General Surgery", "Surgery"),
    "anaesthesia": ("麻醉科 Anaesthesia", "Anesthesia"),
    "respiratory": ("呼吸内科 Respiratory Medicine", "Pulmonary Medicine"),
    "infection": ("感染科 Infectious Diseases", "Infectious Diseases"),
    "paediatrics": ("儿科 Paediatrics", "Pediatrics"),
    "office": ("临床研究中心 Clinical Research Centre", "Clinical Research Institute"),
    "statistics": ("生物统计室 Biostatistics", "Biostatistics"),
}
HANGZHOU = [
    # e-mail name, family name, given name, role, department, expertise, languages, title
    ("he.yun", "何", "云", INVESTIGATOR, "neurology", ["neurology", "trial-design"], "zh en", "主任医师"),
    ("shen.mu", "沈", "沐", INVESTIGATOR, "neurology", ["neurology"], "zh", "住院医师"),
    ("lu.zhen", "陆", "臻", INVESTIGATOR, "neurology", ["neurology", "imaging"], "zh en", "主治医师"),
    ("fan.qiu", "范", "秋", INVESTIGATOR, "cardiology", ["cardiology", "survival"], "zh en", "副主任医师"),
    ("dong.lan", "董", "岚", INVESTIGATOR, "cardiology", ["cardiology"], "zh", "主治医师"),
    ("pan.yue", "潘", "越", INVESTIGATOR, "cardiology", ["cardiology", "real-world"], "zh", "住院医师"),
    ("xu.qing", "徐", "青", INVESTIGATOR, "oncology", ["oncology", "survival"], "zh en", "主任医师"),
    ("tang.wei", "唐", "薇", INVESTIGATOR, "oncology", ["oncology"], "zh", "主治医师"),
    ("jiang.he", "蒋", "禾", INVESTIGATOR, "oncology", ["oncology", "outcomes"], "zh", "住院医师"),
    ("cheng.an", "程", "安", INVESTIGATOR, "critical-care", ["critical-care"], "zh en", "副主任医师"),
    ("qin.chu", "秦", "楚", INVESTIGATOR, "critical-care", ["critical-care", "infection"], "zh", "主治医师"),
    ("wei.lu", "魏", "璐", INVESTIGATOR, "critical-care", ["critical-care"], "zh", "住院医师"),
    ("song.kai", "宋", "恺", INVESTIGATOR, "surgery", ["surgery", "cluster"], "zh", "副主任医师"),
    ("yuan.shu", "袁", "书", INVESTIGATOR, "surgery", ["surgery"], "zh", "主治医师"),
    ("mei.zhu", "梅", "竹", INVESTIGATOR, "surgery", ["surgery", "outcomes"], "zh en", "主治医师"),
    ("bai.xue", "白", "雪", INVESTIGATOR, "anaesthesia", ["anaesthesia"], "zh", "主治医师"),
    ("yan.song", "颜", "松", INVESTIGATOR, "respiratory", ["respiratory", "evidence"], "zh en", "副主任医师"),
    ("gong.yi", "龚", "亦", INVESTIGATOR, "respiratory", ["respiratory"], "zh", "住院医师"),
    ("shi.rou", "施", "柔", INVESTIGATOR, "paediatrics", ["paediatrics"], "zh", "主治医师"),
    ("kong.ze", "孔", "泽", STATISTICIAN, "statistics", ["sample-size", "cluster", "adaptive"], "zh en", "统计师"),
    ("ji.ming", "季", "明", STAFF, "office", ["data", "conduct"], "zh", "临床研究协调员"),
    ("rao.jing", "饶", "静", STAFF, "office", ["conduct", "ethics"], "zh en", "研究护士"),
    ("cao.yan", "曹", "砚", ADVISER, "office", ["ethics", "writing", "conduct"], "zh en", "教授"),
]
BOSTON = [
    ("a.vantongeren", "van Tongeren", "Anneke", ADVISER, "statistics", ["adaptive", "bayesian", "sample-size"], "en", "Professor of Biostatistics"),
    ("d.osei", "Osei", "Daniel", ADVISER, "neurology", ["neurology", "trial-design", "outcomes"], "en", "Professor of Neurology"),
    ("p.liang", "Liang", "Phoebe", ADVISER, "office", ["real-world", "causal", "data"], "en zh", "Associate Professor of Epidemiology"),
    ("s.marchetti", "Marchetti", "Silvia", ADVISER, "oncology", ["oncology", "survival", "trial-design"], "en", "Professor of Medicine"),
    ("h.brandvold", "Brandvold", "Halvor", ADVISER, "critical-care", ["critical-care", "cluster", "conduct"], "en", "Professor of Critical Care"),
    ("j.achterberg", "Achterberg", "Joost", SPEAKER, "cardiology", ["cardiology", "evidence"], "en", "Associate Professor of Cardiology"),
    ("n.farrow", "Farrow", "Nadia", SPEAKER, "office", ["ethics", "conduct"], "en", "Director of Human Research Affairs"),
    ("w.zhao", "Zhao", "Wenting", SPEAKER, "statistics", ["sample-size", "cluster"], "en zh", "Assistant Professor of Biostatistics"),
    ("e.thornbury", "Thornbury", "Elias", SPEAKER, "surgery", ["surgery", "outcomes"], "en", "Professor of Surgery"),
    ("l.castellan", "Castellan", "Luz", SPEAKER, "office", ["writing", "evidence"], "en", "Senior Editor, Research Communications"),
    ("k.iwarsson", "Iwarsson", "Karin", INVESTIGATOR, "neurology", ["neurology"], "en", "Fellow"),
    ("b.adeyemi", "Adeyemi", "Bola", INVESTIGATOR, "cardiology", ["cardiology"], "en", "Instructor in Medicine"),
    ("c.whitlock", "Whitlock", "Clare", INVESTIGATOR, "oncology", ["oncology"], "en", "Assistant Professor"),
    ("g.petrakis", "Petrakis", "Georgia", INVESTIGATOR, "critical-care", ["critical-care"], "en", "Fellow"),
    ("m.dasgupta", "Dasgupta", "Mira", INVESTIGATOR, "infection", ["infection"], "en", "Assistant Professor"),
    ("o.lindqvist", "Lindqvist", "Oskar", STATISTICIAN, "statistics", ["survival", "bayesian"], "en", "Statistician"),
    ("v.moreau", "Moreau", "Vivienne", STAFF, "office", ["data"], "en", "Research Data Manager"),
]  # fmt: skip
OF_THE_SIX = {
    "lin.xiao": ("neurology", ["neurology", "trial-design"], "zh en", "副主任医师"),
    "zhou.ning": ("office", ["conduct"], "zh en", "科研管理"),
    "gu.heng": ("statistics", ["sample-size", "survival"], "zh en", "统计师"),
    "m.ellery": ("statistics", ["trial-design", "sample-size", "adaptive"], "en", "Professor of Clinical Trials"),
    "t.okafor": ("office", ["conduct", "ethics"], "en", "Program Manager"),
    "r.haldane": ("office", ["ethics"], "en", "Research Integrity Officer"),
}


def load_more(places: dict[str, Institution], password: str) -> None:
    """Make the people above where they are not there yet; they share `password`, already hashed."""
    for place, rows in (("hangzhou", HANGZHOU), ("boston", BOSTON)):
        for row in rows:
            _one(row, place, places[place], password)


def fill_profiles(people: dict[str, User], places: dict[str, str]) -> None:
    """What the six main people say of themselves, where they have said nothing; `places` says who is where."""
    for name, (department, expertise, languages, title) in OF_THE_SIX.items():
        person = people[name]
        if not person.department:
            for field, value in _facts(places[name], department, expertise, languages, title).items():
                setattr(person, field, value)
            person.save()


def fill_holidays(places: dict[str, Institution]) -> None:
    """The public holidays of this year and the next, once."""
    for place in places.values():
        for year in (date.today().year, date.today().year + 1):  # noqa: DTZ011  (a year)
            if not place.holidays.filter(first__year=year).exists():
                fill_public_holidays(place, year)


def _one(row: tuple, place: str, institution: Institution, password: str) -> None:
    mail, family, given, role, *profile = row
    facts = _facts(place, *profile) | {
        "family_name": family, "given_name": given, "language": institution.language,
        "time_zone": institution.time_zone, "password": password,
    }  # fmt: skip
    user, fresh = User.objects.get_or_create(email=f"{mail}@{place}.example.org", defaults=facts)
    if not fresh and user.password != password:
        user.password = password
        user.save(update_fields=["password"])
    Membership.objects.get_or_create(user=user, institution=institution, role=role)


def _facts(place: str, department: str, expertise: list[str], languages: str, title: str) -> dict:
    codes = {"zh": "zh-hans", "en": "en"}
    return {
        "department": DEPARTMENTS[department][place == "boston"], "expertise": expertise, "title": title,
        "languages": [codes[word] for word in languages.split()],
    }  # fmt: skip
