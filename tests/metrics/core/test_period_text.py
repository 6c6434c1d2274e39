"""Periods as files spell them: every spelling, what it means, and what is refused or asked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.core import period_text
from metrics.core.period_text import MONTHS, DateOrder, Evidence, Undecided, evidence, parse
from metrics.core.periods import Frequency

DAY, WEEK, MONTH, QUARTER, YEAR = None, *list(Frequency)[1:]
DAY_FIRST, MONTH_FIRST = DateOrder
EPOCH = date(1970, 1, 1)


def meant(text: str, **options: object) -> tuple[str, Frequency | None]:
    """The day and the length that the text tells."""
    spelt = parse(text, **options)  # type: ignore[arg-type]
    return (EPOCH + timedelta(days=spelt.day)).isoformat(), spelt.span


def outcome(text: str, **options: object) -> str:
    """The day that the text tells, or what else comes of it."""
    try:
        return meant(text, **options)[0]
    except Undecided:
        return "asked"
    except ValueError as error:
        return f"refused: {error}"


# Spellings that mean one thing

# By length and first day; bars part the spellings.
PLAIN = {
    DAY: {
        "2016-01-31": """
            2016-01-31|2016-01-31 00:00:00|2016-01-31T00:00|2016-01-31T00:00:00Z|2016-01-31t09:30:00.000|2016-01-31Z|
            2016-01-31T23:59:59+02:00|2016-01-31 23:59:59,5 -0530|2016-01-31 12:00 AM|2016-01-31, 0:00|2016/01/31|2016/1/31|
            2016.01.31|2016. 1. 31|2016 01 31|2016 - 01 - 31|31.01.2016|31/01/2016|1/31/2016|31-1-2016|31 01 2016|
            1/31/2016 12:00:00 AM|31/01/2016 0:00|1/31/16|20160131|20160131.0|42400|42400.0|42400.75|42400.|31 Jan 2016|
            31-Jan-2016|31-Jan-16|31/JAN/16|31jan2016|31st January 2016|31. Januar 2016|31 de enero de 2016|31 janv. 2016|
            Jan 31, 2016|January 31st, 2016|Jan. 31 16|2016 Jan 31|2016-jan-31|2016-W04-7|2016W047|2016-w4-7|31 Januarie 2016|
            31 Jan 2016 00:00
        """,
        "2016-02-01": "2016-W05-1|1er février 2016|1 Feb 2016|1. Feb. 2016|1 Febr 2016|Feb 1, 2016",
        "2016-05-05": "05/05/2016|5.5.2016|05-05-2016|5/5/16",
        "1999-01-31": "99-01-31|99/1/31|31 Jan 99|1/31/99",
        "2000-01-31": "00-01-31|00.1.31|1/31/00",
        "2000-02-29": "29/02/2000|2/29/00|20000229|29 Feb 00",
        "1954-10-03": "20000",
        "2119-01-11": "80000",
    },
    WEEK: {
        "2016-02-01": """
            2016-W05|2016W05|2016-w5|2016 W05|2016/W05|W05 2016|W5-2016|w05/2016|W05 16|Week 5 2016|week 5, 2016|wk 5, 2016|
            Wk. 5 2016|2016 week 5|2016, wk 5|Week 5 of 2016|week of 2016-02-01|week of 1 Feb 2016|w/c 2016-02-01|W/C: 1 Feb 2016|
            wc 20160201|Week commencing 1 February 2016|week beginning 2016/02/01|week starting 2016-02-01 00:00|w.c. 1 Feb 2016|
            w/b 2016-02-01|week ending 2016-02-07|w/e 7 Feb 2016|we 2016-02-07|Week of 42401
        """,
        "2015-12-28": "2015-W53|W53 2015|week of 2015-12-28",
        "2016-01-04": "2016-W01|16-W01|Week 01 2016",
        "2016-02-04": "week of 2016-02-04",
    },
    MONTH: {
        "2016-01-01": """
            2016-01|2016/1|2016/01|2016-1|2016 01|2016.01|01/2016|1/2016|01.2016|1.2016|01-2016|201601|201601.0|Jan-16|JAN 16|
            jan16|Jan '16|Jan\u201916|Jan.16|Jan 2016|jan-2016|Jan/2016|Jan, 2016|January 2016|January-16|January of 2016|2016 Jan|
            2016-JAN|2016Jan|2016 January|2016M01|2016m1|2016-M01|2016 M1|M01 2016|m1/2016|Januarie 2016|Januar 2016|Jänner 2016|
            janvier 2016|janv.-16|enero de 2016|ene 2016|janeiro de 2016|januari 2016|gennaio 2016|gen-16
        """,
        "2016-02-01": "Feb 16|février 2016|févr.-16|fevr 2016|febrero 2016|Fevereiro/2016|febbraio 2016|Februarie 2016|Feber 2016",
        "2016-03-01": "Mar-16|März 2016|Maerz 2016|Mrz. 2016|mrt-16|Maart 2016|mars 2016|marzo 2016|março de 2016|marc\u0327o 2016",
        "2016-04-01": "Apr 2016|avril 2016|avr.-16|abr/16|abril 2016|aprile 2016",
        "2016-05-01": "May 16|Mei 2016|Mai 2016|mayo 2016|maio 2016|mag-16",
        "2016-06-01": "June 2016|Junie 2016|juin 2016|junio 2016|junho 2016|giugno 2016",
        "2016-07-01": "Jul-16|juillet 2016|juil.-16|Julie 2016|julho 2016|luglio 2016",
        "2016-08-01": "Aug 2016|août 2016|AOÛT-16|ago-16|Augustus 2016|agosto 2016",
        "2016-09-01": "Sept. 2016|Sep-16|septiembre 2016|setembro 2016|set/16|settembre 2016|septembre 2016",
        "2016-10-01": "Oct-16|Okt 2016|Oktober 2016|out/16|outubro 2016|ottobre 2016|2016.10|10.2016|201610",
        "2016-11-01": "Nov 2016|novembre 2016|noviembre 2016",
        "2016-12-01": "Dec-16|Des 2016|Desember 2016|Dez. 2016|décembre 2016|déc.-16|dic-16|dezembro 2016|dicembre 2016",
        "1969-01-01": "Jan-69|Jan 1969",
        "2068-01-01": "Jan-68",
        "1900-01-01": "1900-01",
        "2199-12-01": "2199-12",
    },
    QUARTER: {
        "2016-01-01": """
            2016-Q1|2016Q1|2016 q1|2016/Q1|Q1 2016|Q1-2016|q1/2016|Q1, 2016|Q12016|1Q16|1Q2016|1q 2016|Q1-16|Q1 '16|16Q1|
            Quarter 1 2016|quarter 1, 2016|2016 Quarter 1|Qtr 1 2016|1st quarter 2016|1st quarter of 2016
        """,
        "2016-10-01": "2016-Q4|4Q16|Q4 2016|Quarter 4, 2016",
    },
    YEAR: {
        "2016-01-01": "2016|2016.0|FY2016|FY16|FY 2016",
        "1900-01-01": "1900",
        "2199-01-01": "2199",
    },
}
SPELLINGS = [(text.strip(), day, span) for span, days in PLAIN.items() for day, texts in days.items() for text in texts.split("|")]


def test_the_table_is_long():
    assert len(SPELLINGS) > 250
    assert len({text for text, *_ in SPELLINGS}) == len(SPELLINGS)


@pytest.mark.parametrize(("text", "day", "span"), SPELLINGS)
def test_a_spelling_means_one_thing(text, day, span):
    assert meant(text) == (day, span)


@pytest.mark.parametrize("change", [str.upper, str.lower, " {}\t".format, "\u00a0{}\u202f".format])
def test_case_and_space_around_it_say_nothing(change):
    assert [(text, *meant(change(text))) for text, *_ in SPELLINGS] == SPELLINGS


@pytest.mark.parametrize("sign", "\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d")
def test_any_dash_is_a_hyphen(sign):
    assert [(text, *meant(text.replace("-", sign))) for text, *_ in SPELLINGS] == SPELLINGS


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", "\u2009", "  ", "\n"])
def test_any_space_is_one(space):
    assert [(text, *meant(text.replace(" ", space))) for text, *_ in SPELLINGS] == SPELLINGS


def test_no_name_means_two_months_and_each_language_has_twelve():
    names = [name for names in period_text.NAMES for name in names.split()]
    assert len(names) == len(set(names)) == len(MONTHS)
    languages = """january february march april may june july august september october november december
        januarie februarie maart april mei junie julie augustus september oktober november desember
        januar februar marz april mai juni juli august september oktober november dezember
        janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
        enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
        janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro
        januari februari maart april mei juni juli augustus september oktober november december
        gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"""
    for line in languages.splitlines():
        assert [MONTHS[name] for name in line.split()] == list(range(1, 13))


# Years and quarters of organisations


@pytest.mark.parametrize(
    ("start", "text", "day", "span"),
    [
        (4, "FY2016", "2015-04-01", YEAR),
        (4, "fy16", "2015-04-01", YEAR),
        (4, "FY-16", "2015-04-01", YEAR),
        (4, "FY'16", "2015-04-01", YEAR),
        (4, "FY 2016", "2015-04-01", YEAR),
        (4, "FY 2015/16", "2015-04-01", YEAR),
        (4, "FY2015-16", "2015-04-01", YEAR),
        (4, "FY2015/2016", "2015-04-01", YEAR),
        (4, "FY15/16", "2015-04-01", YEAR),
        (4, "FY99/00", "1999-04-01", YEAR),
        (4, "FY68/69", "2068-04-01", YEAR),
        (4, "Fiscal year 2016", "2015-04-01", YEAR),
        (4, "Financial Year 2015/16", "2015-04-01", YEAR),
        (7, "FY2016", "2015-07-01", YEAR),
        (2, "FY2016", "2015-02-01", YEAR),
        (12, "FY2016", "2015-12-01", YEAR),
        (1, "FY2016", "2016-01-01", YEAR),
        (4, "FY2016-Q1", "2015-04-01", QUARTER),
        (4, "FY2016 Q4", "2016-01-01", QUARTER),
        (4, "FY2015/16 Q2", "2015-07-01", QUARTER),
        (4, "FY16Q3", "2015-10-01", QUARTER),
        (4, "FY16 1Q", "2015-04-01", QUARTER),
        (4, "Q1 FY16", "2015-04-01", QUARTER),
        (4, "Q1 of FY2015/16", "2015-04-01", QUARTER),
        (4, "1Q FY2016", "2015-04-01", QUARTER),
        (4, "1QFY16", "2015-04-01", QUARTER),
        (11, "FY2016-Q1", "2015-11-01", QUARTER),
        (11, "FY2016-Q2", "2016-02-01", QUARTER),
        (1, "FY2016-Q4", "2016-10-01", QUARTER),
        (4, "2016", "2016-01-01", YEAR),
        (4, "2016-Q1", "2016-01-01", QUARTER),
        (4, "Q1 16", "2016-01-01", QUARTER),
    ],
)
def test_a_fiscal_year_is_named_for_the_year_in_which_it_ends(start, text, day, span):
    assert meant(text, fiscal_start=start) == (day, span)


@settings(deadline=None)
@given(st.integers(1969, 2068), st.integers(1, 12), st.integers(1, 4))
def test_every_spelling_of_a_fiscal_year_and_quarter_means_the_same(year, start, quarter):
    years = [f"FY{year}", f"FY {year % 100:02d}"] + [f"FY{year - 1}/{year % 100:02d}", f"fy {year - 1}-{year}"] * (start > 1)
    first = date(year - (start > 1), start, 1).isoformat()
    assert {meant(text, fiscal_start=start) for text in years} == {(first, YEAR)}
    month = start - 1 + 3 * (quarter - 1)
    first = date(year - (start > 1) + month // 12, month % 12 + 1, 1).isoformat()
    quarters = [spelt for text in years for spelt in (f"{text}-Q{quarter}", f"Q{quarter} {text}", f"{quarter}Q {text}")]
    assert {meant(text, fiscal_start=start) for text in quarters} == {(first, QUARTER)}


# Spellings that mean two things


@pytest.mark.parametrize(
    ("text", "day_first", "month_first"),
    [
        ("01/02/2016", "2016-02-01", "2016-01-02"),
        ("1.2.2016", "2016-02-01", "2016-01-02"),
        ("1-2-2016 00:00", "2016-02-01", "2016-01-02"),
        ("01 02 2016", "2016-02-01", "2016-01-02"),
        ("12/11/1999", "1999-11-12", "1999-12-11"),
        ("1/2/16", "2016-02-01", "2016-01-02"),
        ("01/02/03", "2003-02-01", "2003-01-02"),
        ("05/05/16", "2016-05-05", "2016-05-05"),
        ("01/02/69", "1969-02-01", "1969-01-02"),
    ],
)
def test_what_means_two_days_is_asked(text, day_first, month_first):
    with pytest.raises(Undecided, match=f"can mean .*{month_first}"):
        parse(text)
    assert meant(text, order=DAY_FIRST) == (day_first, DAY)
    assert meant(text, order=MONTH_FIRST) == (month_first, DAY)


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("31/01/16", ["2016-01-31", "2031-01-16"]),
        ("16-01-02", ["2002-01-16", "2016-01-02"]),
        ("01/02/03", ["2001-02-03", "2003-01-02", "2003-02-01"]),
        ("05/05/16", ["2005-05-16", "2016-05-05"]),
    ],
)
def test_a_year_of_two_digits_may_stand_first(text, readings):
    with pytest.raises(Undecided) as asked:
        parse(text)
    assert str(asked.value).startswith(f"This can mean {' or '.join(readings)}. Say whether")


@pytest.mark.parametrize("text", ["16/01/16", "05/05/05"])
def test_what_means_the_same_in_any_order_is_read(text):
    assert meant(text) == meant(text, order=DAY_FIRST)


@pytest.mark.parametrize(("text", "day"), [("w/c 01/02/2016", "2016-02-01"), ("week ending 07.02.2016", "2016-02-01")])
def test_the_date_of_a_week_is_asked_too(text, day):
    with pytest.raises(Undecided):
        parse(text)
    assert meant(text, order=DAY_FIRST) == (day, WEEK)


@pytest.mark.parametrize(
    ("text", "order", "words"),
    [
        ("13/02/2016", MONTH_FIRST, "With the month first there would be a month 13. If 2016-02-13 is meant, write it so."),
        ("02/13/2016", DAY_FIRST, "With the day first there would be a month 13. If 2016-02-13 is meant, write it so."),
        ("13/02/16", MONTH_FIRST, "If 2016-02-13 is meant"),
        ("w/c 13.02.2016", MONTH_FIRST, "If 2016-02-13 is meant"),
    ],
)
def test_a_text_that_contradicts_the_order_is_refused(text, order, words):
    with pytest.raises(ValueError) as refused:
        parse(text, order=order)
    assert words in str(refused.value)
    assert not isinstance(refused.value, Undecided)


@pytest.mark.parametrize("order", [None, *DateOrder])
def test_the_order_changes_nothing_where_it_says_nothing(order):
    unordered = [one for one in SPELLINGS if not period_text.THREE.fullmatch(one[0].split(" 0:")[0].split(" 12:")[0])]
    assert len(unordered) > 230
    assert [(text, *meant(text, order=order)) for text, *_ in unordered] == unordered


# What is refused

REFUSED = {
    "missing": ["", "  ", "\u00a0"],
    "no such day": [
        "2015-02-29", "2016-02-30", "30/02/2016", "2/30/2016", "31/04/2016", "30/02/16", "31 Feb 2016", "0/1/2016", "2016-01-00",
        "20160230", "Feb 30, 2016", "13/13/2016",
    ],
    "no month 13": ["2016-13", "201613", "13/2016", "2016M13", "20161301"],
    "no month 0": ["2016-00-10", "M0 2016"],
    "no month 31": ["99-31-01"],
    "no week 53 in 2016": ["2016-W53", "week 53, 16"],
    "no week 54 in 2015": ["W54 2015"],
    "no week 0": ["2016-W00"],
    "no quarter 5": ["Q5 2016", "FY2016-Q5"],
    "no quarter 0": ["2016-Q0"],
    "year 1899": ["1899-12-31", "31/12/1899", "1899", "FY1899/00", "week ending 1900-01-03", "Jan 1899"],
    "year 2200": ["2200-01", "01/02/2200", "2200", "2200-W01", "Q1 2200", "FY2200"],
    "year 3101": ["31012016"],
    "year 1601": ["160131"],
    "spreadsheet 19999 is before": ["19999"],
    "after 80000": ["80001"],
    "spreadsheet 10000": ["10000.5"],
    "a fiscal year. If it is, write FY2015/16": ["2015/16", "2015-2016"],
    "a fiscal year. If it is, write FY1999/00": ["1999/00"],
    "in a row": ["FY2015/17", "FY2016-01", "FY2015/2015"],
    "January is not possible": ["FY2015/16"],
    "month 1 or month 10": ["2016.1"],
    "Write 2016-02": ["2016.2"],
    "four digits": [
        "01/16", "16-01", "16-1-2", "31/1/6", "16", "January", "Jan-5", "31-Jan", "Q1", "Week 5", "FY", "w/c 31 Jan", "---", "w/c",
        "10:30",
    ],
    "Half years": ["H1 2016", "2016-H2", "1H16", "2H 2016", "HY1 2016", "First half 2016", "Semester 1 2016"],
    "run up": ["YTD", "YTD 2016", "Jan-Mar YTD", "2016 year to date", "MTD", "LTM"],
    "total or an average": ["Total", "Grand total", "Total 2016", "Avg"],
    "can be read": [
        "week of 2016", "week of Jan 2016", "week of w/c 2016-02-01", "2016 00:00", "2016-01-31 25:00", "2016-01-31 10:60", "2016-01/31",
        "01-03/2016", "2016-01-2016", "2016/2018", "Jan-Mar 2016", "2016-01 to 2016-03", "Mon 1 Feb 2016", "Foo 2016", "2016 foo",
        "1 foo 2016", "foo 1, 2016", "2016 foo 1", "2016-W05-8", "2016-01-31\u200b", "20160101\u200b", "2016001",
        "\u0662\u0660\u0661\u0666-\u0660\u0661", "\uff12\uff10\uff11\uff16", "-2016", "1 Jan 2016" + " " * 10_000 + "x", "2" * 81,
        "figures", "None",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), [(text, reason) for reason, texts in REFUSED.items() for text in texts])
def test_what_is_no_period_is_refused_with_the_repair(text, reason):
    with pytest.raises(ValueError) as refused:
        parse(text)
    message = str(refused.value)
    assert reason in message
    assert not isinstance(refused.value, Undecided)
    assert len(message) <= 300
    assert "Write" in message or "Give" in message or "Leave" in message or "Say" in message


# What texts say together


@pytest.mark.parametrize(
    ("texts", "said", "order", "asks"),
    [
        ([], Evidence(), None, False),
        (["2016-01-31", "Jan 2016", "w/c", "Total", "", "99-01-31", "16-1-2"], Evidence(), None, False),
        (["05/05/2016", "30/02/2016", "13/13/2016", "01/02/2200", "1" * 100], Evidence(), None, False),
        (["01/02/2016", "31/01/2016"], Evidence("31/01/2016", "", "01/02/2016"), DAY_FIRST, False),
        (["01/02/2016", "1/31/2016"], Evidence("", "1/31/2016", "01/02/2016"), MONTH_FIRST, False),
        (["01/02/2016", "02/02/2016"], Evidence("", "", "01/02/2016"), None, True),
        (["31/01/2016", "1/31/2016"], Evidence("31/01/2016", "1/31/2016", ""), None, False),
        (["31/01/2016", "1/31/2016", "1/2/2016"], Evidence("31/01/2016", "1/31/2016", "1/2/2016"), None, True),
        (["w/c 01/02/2016", "w/e 13.01.2016 00:00"], Evidence("w/e 13.01.2016 00:00", "", "w/c 01/02/2016"), DAY_FIRST, False),
        (["31/01/16", "29/02/16"], Evidence("", "", "31/01/16"), None, True),
        (["16-01-31", "16-02-29"], Evidence("", "", "16-01-31"), None, True),
        (["31/01/16", "1/02/16"], Evidence("31/01/16", "", "1/02/16"), DAY_FIRST, False),
        (["31/01/16", "31/01/99"], Evidence("31/01/99", "", ""), DAY_FIRST, False),
        (["01/02/16", "01/31/16"], Evidence("", "01/31/16", "01/02/16"), MONTH_FIRST, False),
        (["05/05/16"], Evidence("", "", "05/05/16"), None, True),
        (["05/05/16", "1/1/16"], Evidence("", "", "05/05/16"), None, True),
        (["05/05/16", "1/31/16"], Evidence("", "1/31/16", ""), MONTH_FIRST, False),
        (["16/01/16"], Evidence(), None, False),
        (["16/01/16", "1/1/16"], Evidence("16/01/16", "", ""), DAY_FIRST, False),
        (["16/01/16", "1/31/16", "05/05/16"], Evidence("16/01/16", "1/31/16", "05/05/16"), None, True),
    ],
)
def test_what_texts_prove_of_their_order(texts, said, order, asks):
    assert evidence(texts) == evidence(iter(texts)) == said
    assert (said.order, said.asks) == (order, asks)


DAYS = st.dates(date(1995, 1, 1), date(2035, 12, 31))
FORMS = {DAY_FIRST: "{0.day:02d}{1}{0.month:02d}{1}{0.year}", MONTH_FIRST: "{0.month}{1}{0.day}{1}{0.year}"}


@settings(deadline=None)
@given(st.lists(DAYS, min_size=1, unique=True), st.sampled_from(DateOrder), st.sampled_from("/- "))
def test_a_list_of_dates_in_one_order_proves_that_order_or_asks(days, order, sign):
    texts = [FORMS[order].format(day, sign) for day in days]
    said = evidence(texts)
    proof = [text for text, day in zip(texts, days, strict=True) if day.day > 12]
    doubt = [text for text, day in zip(texts, days, strict=True) if day.day <= 12 and day.day != day.month]
    assert {DAY_FIRST: said.day_first, MONTH_FIRST: said.month_first}[order] == (proof[0] if proof else "")
    assert said.either == (doubt[0] if doubt else "")
    assert said.order == (order if proof else None)
    assert said.asks == bool(doubt and not proof)
    if not said.asks:
        assert [meant(text, order=said.order) for text in texts] == [(day.isoformat(), DAY) for day in days]
    assert [meant(text, order=order) for text in texts] == [(day.isoformat(), DAY) for day in days]


@given(st.lists(DAYS, min_size=1, unique=True))
def test_dates_with_points_put_the_day_first_and_need_no_question(days):
    texts = [FORMS[DAY_FIRST].format(day, ".") for day in days]
    said = evidence(texts)
    assert not said.asks
    assert [meant(text, order=said.order) for text in texts] == [(day.isoformat(), DAY) for day in days]


@settings(deadline=None)
@given(st.lists(st.tuples(DAYS, st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%d.%m.%y", "%m-%d-%y", "%y-%m-%d", "%Y/%m/%d", "%d %b %Y"]))))
def test_whatever_needs_no_question_is_read_without_one(days):
    texts = list(dict.fromkeys(day.strftime(form) for day, form in days))
    said = evidence(texts)
    if said.asks:
        with pytest.raises(Undecided):
            parse(said.either)
        return
    outcomes = [outcome(text, order=said.order) for text in texts]
    assert "asked" not in outcomes
    refused = [text for text in outcomes if "refused" in text]
    assert [text for text in refused if "first there would be a month" not in text and "no such day" not in text] == []


# Every day


def every_day() -> list[date]:
    first = date(1995, 1, 1)
    return [first + timedelta(days=number) for number in range((date(2036, 1, 1) - first).days)]


PORTUGUESE = ["janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro", "novembro", "dezembro"]
OF_A_DAY = {
    "iso": str,
    "iso with a time": "{}T00:00:00Z".format,
    "slashes": lambda day: f"{day:%Y/%m/%d}",
    "no padding": lambda day: f"{day.year}.{day.month}.{day.day}",
    "digits": lambda day: f"{day:%Y%m%d}",
    "serial": lambda day: f"{(day - date(1899, 12, 30)).days}.25",
    "short": lambda day: f"{day:%d-%b-%y}",
    "long": lambda day: f"{day:%B} {day.day}, {day.year}",
    "portuguese": lambda day: f"{day.day} de {PORTUGUESE[day.month - 1]} de {day.year}",
    "year first": lambda day: f"{day:%Y %b %d}",
    "iso week and weekday": lambda day: "{}-W{:02d}-{}".format(*day.isocalendar()),
    "compact week and weekday": lambda day: "{}W{:02d}{}".format(*day.isocalendar()),
}


@pytest.mark.parametrize("spelling", OF_A_DAY)
def test_every_day_is_read_back(spelling):
    write = OF_A_DAY[spelling]
    assert [day for day in every_day() if meant(write(day)) != (day.isoformat(), DAY)] == []


@pytest.mark.parametrize(
    ("order", "form"), [(DAY_FIRST, "%d/%m/%Y"), (DAY_FIRST, "%d.%m.%y"), (MONTH_FIRST, "%m/%d/%Y"), (MONTH_FIRST, "%m-%d-%y")]
)
def test_every_day_is_read_back_in_its_order(order, form):
    assert [day for day in every_day() if meant(day.strftime(form), order=order) != (day.isoformat(), DAY)] == []


def test_every_day_is_refused_or_asked_or_read_in_the_other_order():
    for day in every_day():
        text = f"{day:%d/%m/%Y}"
        if day.day > 12:
            assert meant(text) == (day.isoformat(), DAY)
            with pytest.raises(ValueError, match=day.isoformat()):
                parse(text, order=MONTH_FIRST)
        elif day.day != day.month:
            with pytest.raises(Undecided, match=day.isoformat()):
                parse(text)


OF_A_PERIOD = {
    WEEK: ["%G-W%V", "%GW%V", "W%V %G", "Week %V %G", "wk %V, %G", "%G week %V"],
    MONTH: ["%Y-%m", "%Y/%m", "%m/%Y", "%Y%m", "%b-%y", "%B %Y", "%Y %b", "%YM%m"],
}


@pytest.mark.parametrize(("span", "form"), [(span, form) for span, forms in OF_A_PERIOD.items() for form in forms])
def test_every_week_and_month_is_read_back(span, form):
    firsts = [day for day in every_day() if (day.weekday() == 0 if span is WEEK else day.day == 1)]
    assert [day for day in firsts if meant(day.strftime(form)) != (day.isoformat(), span)] == []


@pytest.mark.parametrize("form", ["{0}-Q{1}", "Q{1} {0}", "{1}Q{2:02d}", "Q{1}-{2:02d}", "Quarter {1} {0}", "{0}Q{1}"])
def test_every_quarter_is_read_back(form):
    for year in range(1995, 2036):
        for quarter in range(1, 5):
            first = date(year, 3 * quarter - 2, 1).isoformat()
            assert meant(form.format(year, quarter, year % 100)) == (first, QUARTER)


@settings(deadline=None)
@given(st.text(max_size=100))
def test_any_text_is_read_or_refused(text):
    assert outcome(text) == "asked" or outcome(text).startswith(("refused: ", "19", "20", "21"))
    assert isinstance(evidence([text]), Evidence)


@settings(deadline=None)
@given(st.text("0123456789-/. wqfyjan:tz", max_size=24), st.sampled_from([None, *DateOrder]), st.integers(1, 12))
def test_what_looks_like_a_period_is_read_or_refused(text, order, start):
    said = outcome(text, order=order, fiscal_start=start)
    assert said == "asked" or said.startswith(("refused: ", "19", "20", "21"))
    assert len(said) <= len("refused: ") + 300
