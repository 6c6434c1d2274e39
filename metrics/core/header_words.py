"""What the columns of KPI files are called, in the languages of the tools that write them. Compared by `plain`."""

from __future__ import annotations

import re
from collections.abc import Collection

from departments.core.names import key
from metrics.core import period_text
from metrics.core.answers import FIELDS
from metrics.core.periods import Frequency

_JOINERS = re.compile(r"[\s_./:#*-]+")
_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]{1,12})[)\]]\s*$")

WORDS = {
    "department": (
        "department", "dept", "department name", "business unit", "unit name", "division", "team", "area", "section", "org unit",
        "organisation unit", "organization unit", "cost centre", "cost center", "branch", "afdeling", "departement", "abteilung",
        "bereich", "département", "service", "departamento", "área", "reparto", "dipartimento", "ufficio", "setor", "umnyango",
    ),
    "kpi": (
        "kpi", "kpi name", "metric", "metric name", "indicator", "measure", "measure name", "performance indicator", "key figure",
        "aanwyser", "maatstaf", "kennzahl", "kennziffer", "indikator", "indicateur", "métrique", "indicador", "métrica", "indicatore",
        "metrica", "indicator name", "kpi naam", "kengetal",
    ),
    "period": (
        "period", "date", "day", "period start", "start date", "period starting", "reporting period", "report date", "month year",
        "week starting", "week commencing", "week of", "as of", "tydperk", "datum", "zeitraum", "periode", "période", "jour",
        "período", "fecha", "data", "periodo", "dia", "giorno",
    ),
    "year": ("year", "yr", "calendar year", "jaar", "jahr", "année", "annee", "an", "año", "ano", "anno"),
    "month": ("month", "month name", "mon", "mth", "maand", "monat", "mois", "mes", "mês", "mese"),
    "quarter": ("quarter", "qtr", "kwartaal", "quartal", "trimestre"),
    "week": ("week", "week number", "week no", "wk", "iso week", "woche", "kw", "kalenderwoche", "semaine", "semana", "settimana"),
    "value": (
        "value", "actual", "actuals", "result", "figure", "amount", "score", "actual value", "kpi value", "measured", "waarde",
        "werklik", "resultaat", "wert", "ist", "istwert", "ergebnis", "valeur", "réel", "résultat", "valor", "real", "resultado",
        "valore", "risultato", "effettivo",
    ),
    "target": (
        "target", "goal", "internal goal", "target value", "plan", "planned", "budget", "objective", "teiken", "doelwit", "doel",
        "ziel", "zielwert", "soll", "sollwert", "cible", "objectif", "objetivo", "meta", "obiettivo", "traguardo",
    ),
    "benchmark": (
        "benchmark", "industry", "industry standard", "industry benchmark", "industry average", "market average", "peer average",
        "bedryf", "branche", "branchendurchschnitt", "référence", "secteur", "referencia", "referência", "sector", "riferimento",
    ),
    "benchmark_source": ("benchmark source", "source", "source of benchmark", "industry source", "bron", "quelle", "fuente", "fonte"),
    "numerator": ("numerator", "num", "teller", "zähler", "numérateur", "numerador", "numeratore"),
    "denominator": ("denominator", "den", "denom", "base", "noemer", "nenner", "dénominateur", "denominador", "denominatore"),
    "unit": ("unit", "units", "uom", "unit of measure", "eenheid", "einheit", "unité", "unidad", "unidade", "unità"),
    "direction": (
        "direction", "polarity", "better", "good direction", "desired direction", "rigting", "richtung", "sens", "dirección",
        "direção", "direzione",
    ),
    "frequency": ("frequency", "periodicity", "interval", "frekwensie", "häufigkeit", "fréquence", "frecuencia", "frequência", "frequenza"),
    "note": (
        "note", "notes", "comment", "comments", "remark", "remarks", "explanation", "nota", "opmerking", "kommentar", "bemerkung",
        "commentaire", "comentario", "comentário", "commento", "osservazioni",
    ),
    "ignore": ("reason", "reasons", "rejected because"),
}  # fmt: skip
# What a column may call its rows besides target, benchmark and the like.
KINDS = frozenset((
    "forecast", "forecasts", "estimate", "estimated", "projection", "projected", "prior year", "previous year", "last year", "variance",
    "voorspelling", "raming", "prognose", "hochrechnung", "vorjahr", "abweichung", "prévision", "prévisions", "previsión", "previsão",
    "previsione", "estimación", "estimativa", "stima",
))  # fmt: skip
TOTALS = frozenset((
    "total", "totals", "grand total", "sub total", "subtotal", "sum", "overall total", "average", "mean", "avg", "ytd", "year to date",
    "totaal", "subtotaal", "gemiddeld", "gesamt", "summe", "gesamtsumme", "durchschnitt", "total général", "somme", "moyenne",
    "suma", "promedio", "soma", "média", "totale", "somma", "media", "all departments", "company total", "total general",
))  # fmt: skip

BARE_NUMBER = re.compile(r"[\d.,\s]+")
YEAR = re.compile(r"(?:19|20|21)\d\d")
FISCAL = 4  # whichever month it is: with a month other than January all spellings of fiscal years mean one
YEAR_MONTH = re.compile(r"(?:19|20|21)\d\d(?:0[1-9]|1[0-2])")
BEFORE_TOTALS = (
    "total ", "totals for ", "grand total ", "sub total ", "subtotal ", "sum of ", "average of ", "totaal ", "gesamt ", "summe ",
)  # fmt: skip
AFTER_TOTALS = (" grand total", " sub total", " total", " totals", " subtotal", " average", " totaal", " gesamt", " summe")
TOTALISH = (  # one of these is in all of them
    "tot", "sum", "som", "aver", "mean", "avg", "ytd", "year", "gemid", "gesam", "durchs", "moyen", "prome", "dia", "all", "compan",
    "group", "organi", "business", "quarter", "month",
)  # fmt: skip
NAMES_TOO = frozenset(("media",))  # Italian for an average, and a department
EVERYTHING = frozenset((
    "all", "overall", "general", "company", "group", "organisation", "organization", "business", "departments", "kpis", "all departments",
    "all kpis", "year", "of year", "for year", "for the year", "quarter", "month", "period", "of all departments", "for all departments",
))  # fmt: skip


def plain(header: str) -> str:
    """The header as it is compared: case folded, without signs and a bracketed end."""
    return _JOINERS.sub(" ", key(_BRACKETS.sub("", header))).strip()


ROLES = {plain(word): role for role, words in WORDS.items() for word in words}
CANONICAL = frozenset(WORDS) - {"ignore"}


def role_of(header: str) -> str:
    """The role that the header names, blank when it names none."""
    return ROLES.get(plain(header), "")


def bracketed(header: str) -> tuple[str, str]:
    """(the header without its bracketed end, what stands in the brackets): "Cycle (days)" gives ("Cycle", "days")."""
    found = _BRACKETS.search(header)
    return (header[: found.start()].strip(), found[1].strip()) if found and found.start() else (header.strip(), "")


def is_kind(text: str) -> bool:
    """Whether the text calls figures actual ones, targets, forecasts or the like."""
    return role_of(text) in FIELDS or plain(text) in KINDS


def is_period(text: str) -> bool:
    """Whether the text names a period, bare numbers apart that are no year."""
    text = text.strip()
    if BARE_NUMBER.fullmatch(text) and not (YEAR.fullmatch(text) or YEAR_MONTH.fullmatch(text)) and text.count(".") != 2:
        return False
    try:
        period_text.parse(text, fiscal_start=FISCAL)
    except period_text.Undecided:
        return True
    except ValueError:
        return False
    return True


def is_year(text: str) -> bool:
    """Whether the text names a year, a fiscal one too."""
    try:
        return period_text.parse(text, fiscal_start=FISCAL).span is Frequency.YEAR
    except ValueError:
        return False


def is_total(text: str) -> bool:
    """Whether the text calls its row or column a sum of others."""
    words = plain(text)
    return words in TOTALS or words.startswith(BEFORE_TOTALS)


def is_total_among(text: str, others: Collection[str] = ()) -> bool:
    """Whether a name is that of a sum of the `others` (as `plain`). "Total Sales" is one where there is Sales too; Total Quality, Total
    revenue and Media are names like any other."""
    words = plain(text)
    rest = next((words.removeprefix(start) for start in BEFORE_TOTALS if words.startswith(start)), "")
    rest = rest or next((words.removesuffix(end) for end in AFTER_TOTALS if words.endswith(end)), "")
    return words in TOTALS - NAMES_TOO or rest in EVERYTHING or (rest != "" and rest in others)
