"""Which series are marked as rolled up: by imports, by moves of departments, after figures are taken away; never by halves."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from departments.models import Department, Job
from metrics.core.kpi import ImportState
from metrics.models import KPI, Observation, Series
from metrics.services import imports, rollup
from tests import factories as make
from tests.factories import AT

pytestmark = pytest.mark.django_db
HEADER = "department,kpi,unit,direction,frequency,period,value,numerator,denominator"


def send(*rows: str, header: str = HEADER) -> None:
    """Rows of department, period, value, numerator, denominator of one KPI, imported."""
    lines = [",".join((department, "Win rate,%,higher,month", *rest)) for department, *rest in (row.split(",") for row in rows)]
    content = "\n".join([header, *lines]).encode()
    batch = imports.import_file(file_name="rates.csv", content=content, create=True, by=None, at=AT)
    assert batch.state in (ImportState.APPLIED, ImportState.UNCHANGED), batch.message


def rolled() -> set[str]:
    return set(Series.objects.filter(rolled_up=True).values_list("department__name", flat=True))


@pytest.fixture
def tree(db) -> dict[str, Department]:
    """Group over North and South; North over two shops."""
    group = make.DepartmentFactory(code="group", name="Group")
    north, south = (make.DepartmentFactory(code=name.lower(), name=name, parent=group) for name in ("North", "South"))
    shops = [make.DepartmentFactory(code=f"shop-{n}", name=f"Shop {n}", parent=north) for n in (1, 2)]
    return {one.name: one for one in (group, north, south, *shops)}


BOTH = ("Shop 1,2025-01,50,1,2", "Shop 2,2025-01,90,90,100")


def test_an_import_marks_the_department_above(tree):
    send(*BOTH)
    assert rolled() == {"North"}
    assert Series.objects.count() == 3
    assert Observation.objects.count() == 2
    send("South,2025-01,10,1,10")
    assert rolled() == {"North", "Group"}


def test_figures_without_parts_mark_nothing(tree):
    send("Shop 1,2025-01,50,,", "Shop 2,2025-01,90,90,100")
    assert rolled() == set()


def test_one_figure_without_parts_takes_the_series_out(tree):
    send(*BOTH)
    send("Shop 2,2025-02,90,,")
    assert rolled() == set()
    assert Series.objects.filter(department=tree["North"]).exists()  # gaps and decisions may hang on it
    send("Shop 2,2025-02,90,9,10")
    assert rolled() == {"North"}


def test_own_figures_win_in_the_same_import(tree):
    send(*BOTH, "South,2025-01,10,1,10")
    series = Series.objects.get(department=tree["North"])
    send("North,2025-01,88,88,100")
    assert rolled() == {"Group"}
    assert Observation.objects.get(series=series).value == 88


def test_a_refused_file_marks_nothing(tree):
    content = f"{HEADER}\nShop 1,Win rate,%,higher,month,2025-01,x,1,2\n".encode()
    imports.import_file(file_name="bad.csv", content=content, create=True, by=None, at=AT)
    assert not Series.objects.exists()


def test_taking_figures_away_unmarks(tree):
    send(*BOTH)
    Observation.objects.filter(series__department=tree["Shop 1"]).delete()
    assert rollup.refresh(kpis=[KPI.objects.get().pk]) == 1
    assert rolled() == set()
    assert rollup.refresh() == 0
    send(*BOTH)
    assert rolled() == {"North"}
    assert Series.objects.count() == 3


def test_a_department_that_moves_takes_its_parts_along(tree):
    send(*BOTH)
    tree["Shop 2"].parent = tree["South"]
    tree["Shop 2"].save()
    assert rollup.refresh() == 2
    assert rolled() == {"Group"}


def test_without_a_tree_nothing_is_asked(db, django_assert_num_queries):
    send(*BOTH)
    with django_assert_num_queries(5):  # two savepoints, the lock, no parents, no marks
        assert rollup.refresh() == 0


def test_other_kpis_are_left_alone(tree):
    send(*BOTH)
    Series.objects.update(rolled_up=False)
    assert rollup.refresh(kpis=[make.KPIFactory().pk]) == 0
    assert rolled() == set()


def test_a_series_that_comes_or_goes_has_every_open_cycle_judged_again(tree):
    old = make.CycleFactory(data_from="2020-01-01", data_to="2020-06-30")
    send("Shop 1,2025-01,50,1,2")
    assert not Job.objects.filter(cycle=old).exists()
    send("Shop 2,2025-01,90,90,100")
    assert Job.objects.filter(cycle=old).count() == 1
    send("Shop 2,2025-02,90,90,100")
    assert Job.objects.filter(cycle=old).count() == 1


def test_marking_takes_a_fixed_number_of_queries(tree, django_assert_max_num_queries):
    send(*BOTH, *(f"Branch {n},2025-01,50,1,2" for n in range(30)))
    for pair in range(15):
        above = make.DepartmentFactory()
        Department.objects.filter(name__in=[f"Branch {2 * pair}", f"Branch {2 * pair + 1}"]).update(parent=above)
    with django_assert_max_num_queries(10):
        assert rollup.refresh() == 15


def checked(*options: str) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("check_data", *options, stdout=out, stderr=out)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue()
    return 0, out.getvalue()


def test_check_data_finds_wrong_marks_and_sets_them_right(tree):
    send(*BOTH)
    assert checked()[0] == 0
    Series.objects.update(rolled_up=False)
    assert checked() == (1, "1 series wrongly marked or unmarked as rolled up; run this with --refresh.\n")
    assert checked("--refresh")[0] == 0
    assert rolled() == {"North"}


def test_parts_that_a_correction_fills_in_make_the_series_a_source(tree):
    send(*BOTH, "Shop 2,2025-02,90,,", "Shop 2,2025-03,90,90,100")
    assert rolled() == set()
    send("Shop 2,2025-02,90,9,10")
    assert rolled() == {"North"}


def test_parts_that_a_correction_drops_take_it_out(tree):
    send(*BOTH, "Shop 2,2025-02,90,90,100")
    send("Shop 2,2025-02,91,,")
    assert rolled() == set()


def test_a_file_without_the_columns_takes_it_out(tree):
    send(*BOTH)
    send("Shop 2,2025-02,90", header=HEADER.removesuffix(",numerator,denominator"))
    assert rolled() == set()


def test_next_months_figures_do_not_ask_for_the_rest(tree, monkeypatch):
    send(*BOTH)
    monkeypatch.setattr(rollup, "refresh", lambda **_: pytest.fail("asked"))
    send("Shop 1,2025-02,50,1,2", "Shop 2,2025-02,90,9,10")
    send("Shop 1,2025-02,51,51,100")
    send("Shop 1,2025-02,51,51,100")
