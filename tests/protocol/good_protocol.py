"""A complete protocol in both languages, in which everything agrees; tests plant contradictions into it one by one."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from equipoise.protocol.document import Protocol, Source
from equipoise.search import OwnDesign, evaluate_design, parse_question

QUESTION = """
schema = 1
title = "Clopidogrel with aspirin after minor stroke"
[picot]
population = "Adults aged 40 to 80 years within 24 hours of a minor ischaemic stroke"
intervention = "Clopidogrel and aspirin for 21 days"
comparator = "Aspirin alone"
outcome = "A new stroke, ischaemic or haemorrhagic"
time = "90 days"
[endpoint]
kind = "proportion"
alpha = 0.05
sided = 2
power = 0.9
[[scenarios]]
name = "as planned"
control = 0.16
treatment = 0.11
dropout = 0.05
[recruitment]
sites = 4
patients_per_site_month = 20
[follow_up]
months = 3
"""
SITES = [("S1", "Hangzhou First Hospital", "杭州第一医院", "CN", 700), ("S2", "Hangzhou West Hospital", "杭州西院", "CN", 500),
         ("S3", "Boston General Hospital", "波士顿总医院", "US", 500), ("S4", "Boston Harbor Hospital", "波士顿海港医院", "US", 446)]  # fmt: skip
PATIENTS = 2146


@cache
def source() -> Source:
    """The design: three looks, two of them interim."""
    question = parse_question(QUESTION)
    own = OwnDesign(family="group-sequential", patients=PATIENTS, looks=3, sites=4, follow_up_months=3.0)
    return Source(question=question, candidate=evaluate_design(question, own).candidates[0])


def words(en: str, zh: str) -> dict[str, str]:
    return {"en": en, "zh": zh}


def parts() -> dict[str, Any]:
    return {
        "identity": {
            "title": words(
                "Clopidogrel with aspirin against aspirin alone in adults after minor stroke: protocol of a randomised, double-blind trial",
                "氯吡格雷联合阿司匹林对比单用阿司匹林治疗成人轻型卒中：随机双盲试验方案",
            ),
            "acronym": "MINOR-1",
            "version": "2.0",
            "date": "2026-10-01",
            "phase": "3",
            "sponsor": words("Hangzhou First Hospital, 1 Lakeside Road, Hangzhou", "杭州第一医院，杭州市湖滨路1号"),
            "funding": words("National Natural Science Foundation", "国家自然科学基金"),
            "registrations": {"ClinicalTrials.gov": "NCT01234567"},
            "blinding": "double",
        },
        "objectives": [
            {"id": "O1", "level": "primary", "estimands": ["EM1"],
             "text": words("Whether clopidogrel lowers the risk of a new stroke", "氯吡格雷是否降低新发卒中的风险")},
            {"id": "O2", "level": "secondary", "endpoints": ["E2"],
             "text": words("Whether clopidogrel raises the risk of major bleeding", "氯吡格雷是否增加大出血的风险")},
        ],
        "endpoints": [
            {"id": "E1", "level": "primary", "kind": "proportion", "visits": ["V4"], "activities": ["stroke"],
             "text": words("New stroke, ischaemic or haemorrhagic, within 90 days", "90天内新发卒中（缺血性或出血性）")},
            {"id": "E2", "level": "secondary", "kind": "proportion", "visits": ["V2", "V4"], "activities": ["ae"],
             "text": words("Major bleeding (GUSTO) within 90 days", "90天内大出血（GUSTO标准）")},
        ],
        "estimands": [
            {"id": "EM1", "endpoint": "E1",
             "treatment": words("Clopidogrel with aspirin against placebo with aspirin", "氯吡格雷联合阿司匹林对比安慰剂联合阿司匹林"),
             "population": words("All who meet the criteria", "符合标准的全部受试者"),
             "intercurrent_events": [{"event": words("Stopping trial tablets", "停用试验用药"), "strategy": "treatment-policy"}],
             "summary": words("Risk difference", "风险差"),
             "analysis": words("Risk difference from a model adjusted for the strata", "按分层因素校正的模型估计风险差"),
             "sensitivity": [words("Missing outcomes taken as strokes", "缺失结局视为卒中")]},
        ],
        "criteria": [
            {"id": "I1", "kind": "inclusion", "text": words("Aged 40 to 80 years", "年龄40至80岁")},
            {"id": "I2", "kind": "inclusion", "text": words("Minor ischaemic stroke (NIHSS 3 or less) within 24 hours", "24小时内的轻型缺血性卒中（NIHSS≤3）")},
            {"id": "E1", "kind": "exclusion", "text": words("Known bleeding tendency", "已知出血倾向")},
            {"id": "E2", "kind": "exclusion", "text": words("Need for anticoagulants", "需用抗凝药")},
        ],
        "arms": [
            {"id": "A", "role": "experimental", "label": words("Clopidogrel and aspirin", "氯吡格雷联合阿司匹林"),
             "intervention": words("Clopidogrel 75 mg and aspirin 100 mg once daily", "氯吡格雷75 mg与阿司匹林100 mg每日一次")},
            {"id": "B", "role": "placebo", "label": words("Placebo and aspirin", "安慰剂联合阿司匹林"),
             "intervention": words("Matching placebo and aspirin 100 mg once daily", "匹配安慰剂与阿司匹林100 mg每日一次")},
        ],
        "schedule": {
            "epochs": [{"id": "SCR", "label": words("Screening", "筛选")}, {"id": "TRT", "label": words("Treatment", "治疗")},
                       {"id": "FU", "label": words("Follow-up", "随访")}],
            "visits": [
                {"id": "V1", "epoch": "SCR", "label": words("Screening and randomisation", "筛选与随机"), "day": 0},
                {"id": "V2", "epoch": "TRT", "label": words("Week 3", "第3周"), "day": 21, "before": 2, "after": 2},
                {"id": "V3", "epoch": "FU", "label": words("Day 45", "第45天"), "day": 45, "before": 5, "after": 5, "place": "telephone"},
                {"id": "V4", "epoch": "FU", "label": words("Day 90", "第90天"), "day": 90, "before": 7, "after": 7},
            ],
            "activities": [
                {"id": "consent", "label": words("Informed consent", "知情同意")},
                {"id": "history", "label": words("Age, sex, diabetes and history", "年龄、性别、糖尿病与病史")},
                {"id": "nihss", "label": words("NIHSS and brain scan", "NIHSS与脑部影像")},
                {"id": "stroke", "label": words("Stroke since the last visit", "上次访视以来的卒中")},
                {"id": "ae", "label": words("Adverse events", "不良事件")},
            ],
            "cells": [{"activity": a, "visit": v} for a, v in [
                ("consent", "V1"), ("history", "V1"), ("nihss", "V1"), ("stroke", "V2"), ("stroke", "V3"), ("stroke", "V4"),
                ("ae", "V2"), ("ae", "V3"), ("ae", "V4")]],
        },
        "participants": {"conditions": [words("Minor stroke", "轻型卒中")], "minimum_age": 40, "maximum_age": 80, "planned": PATIENTS},
        "sites": [
            {"id": i, "name": words(en, zh), "country": c, "target": n, "ethics": words(f"Ethics committee, {en}", f"{zh}伦理委员会"),
             "ethics_approval": f"2026-{i}"}
            for i, en, zh, c, n in SITES
        ],
        "roles": [{"id": "CI", "level": "central", "label": words("Chief investigator", "主要研究者"), "duties": words("Leads the trial", "领导试验")}],
        "amendments": [{"number": 1, "date": "2026-10-01", "version": "2.0", "sections": ["5.2"],
                        "reason": words("The upper age was raised to 80 years, since the risk is highest there", "年龄上限提高至80岁，因该人群风险最高")}],
    }  # fmt: skip


def sections() -> list[dict[str, Any]]:
    with Path(__file__).with_name("good_sections.toml").open("rb") as file:
        rows = tomllib.load(file)["section"]
    return [
        {
            "number": row["number"],
            "passages": [
                {"id": "p" + row["number"].replace(".", "-"), "text": words(row["en"].strip(), row["zh"].strip())}
            ],
        }
        for row in rows
    ]


def good(change: Callable[[dict[str, Any]], None] = lambda _: None) -> Protocol:
    """The good protocol, after this change to its data."""
    data = parts() | {"sections": sections(), "source": source()}
    change(data)
    return Protocol.read(data)


def rewrite(number: str, language: str, old: str, new: str) -> Callable[[dict[str, Any]], None]:
    """A change that puts `new` in the place of `old` in a section's text."""

    def change(data: dict[str, Any]) -> None:
        text = next(s for s in data["sections"] if s["number"] == number)["passages"][0]["text"]
        assert old in text[language], (number, language, old)
        text[language] = text[language].replace(old, new)

    return change
