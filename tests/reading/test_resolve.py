"""Who is meant: jurisdiction and function, whatever a document calls them."""

from __future__ import annotations

import pytest

from kg.reading import read_text
from kg.reading.places import place_of_code
from kg.reading.resolve import Directory


def directory(code: str, year: int | None = 2021) -> Directory:
    return Directory(place_of_code(code), year)


@pytest.mark.parametrize(
    ("code", "printed", "key", "name"),
    [
        ("210804", "区卫健局", "210804/卫生健康", "营口市鲅鱼圈区卫生健康局"),
        ("210804", "区卫生健康局", "210804/卫生健康", "营口市鲅鱼圈区卫生健康局"),
        ("210804", "营口市鲅鱼圈区卫生健康局", "210804/卫生健康", "营口市鲅鱼圈区卫生健康局"),
        ("210804", "区市场监管局", "210804/市场监管", "营口市鲅鱼圈区市场监督管理局"),
        ("210804", "市市场监管局", "210800/市场监管", "营口市市场监督管理局"),
        ("210804", "省市场监管局", "210000/市场监管", "辽宁省市场监督管理局"),
        ("210804", "市场监管总局", "000000/市场监管", "国家市场监督管理总局"),
        ("210804", "省林草局", "210000/林业草原", "辽宁省林业和草原局"),
        ("210804", "区人民政府", "210804/人民政府", "营口市鲅鱼圈区人民政府"),
        ("210804", "区政府", "210804/人民政府", "营口市鲅鱼圈区人民政府"),
        ("210804", "鲅鱼圈区政府", "210804/人民政府", "营口市鲅鱼圈区人民政府"),
        ("210804", "区食安委", "210804/食品安全委员会", "营口市鲅鱼圈区食品安全委员会"),
        ("210804", "区政府食安委", "210804/食品安全委员会", "营口市鲅鱼圈区食品安全委员会"),
        ("210804", "区委", "210804/党委", "中共营口市鲅鱼圈区委员会"),
        ("210804", "区委宣传部", "210804/党委宣传部", "中共营口市鲅鱼圈区委宣传部"),
        ("210804", "鲅鱼圈海关", "210804/海关", "鲅鱼圈海关"),
        ("210804", "区科协", "210804/科协", "营口市鲅鱼圈区科学技术协会"),
        ("210804", "区文旅广电局", "210804/文化旅游", "营口市鲅鱼圈区文旅广电局"),
        ("210804", "团市委", "210800/共青团", "共青团营口市委员会"),
        ("530381", "市农业农村局", "530381/农业农村", "曲靖市宣威市农业农村局"),
        ("659001", "石河子经济技术开发区管委会", "659001/经济技术开发区管委会", "石河子经济技术开发区管委会"),
        ("511325", "南充市西充生态环境局", "511325/生态环境", "南充市西充生态环境局"),
        ("150000", "自治区农牧厅", "150000/农业农村", "内蒙古自治区农牧厅"),
        ("000000", "国家发展改革委", "000000/发展改革", "国家发展和改革委员会"),
        ("000000", "发展改革委", "000000/发展改革", "国家发展和改革委员会"),
    ],
)
def test_names_resolve(code: str, printed: str, key: str, name: str) -> None:
    resolution = directory(code).resolve(printed)
    assert (resolution.organization.key, resolution.organization.name, resolution.doubt) == (key, name, None)


def test_a_level_is_restored_from_the_name_before() -> None:
    second = directory("131026", 2019).resolve("农业农村局", inherited="县").organization
    assert (second.key, second.name) == ("131026/农业农村", "廊坊市文安县农业农村局")


@pytest.mark.parametrize(
    ("printed", "key", "doubt"),
    [
        ("区国土资源局", "210804/区国土资源局", "superseded-name"),
        ("县卫健局", "-/县卫健局", "unresolved-place"),
        ("卫健局", "-/卫健局", "unresolved-place"),
        ("区飞碟管理局", "210804/区飞碟管理局", "unresolved-name"),
    ],
)
def test_what_is_uncertain_stays_as_printed(printed: str, key: str, doubt: str) -> None:
    resolution = directory("210804").resolve(printed)
    assert (resolution.organization.key, resolution.organization.name, resolution.doubt) == (key, printed, doubt)


def test_an_old_name_is_itself_in_a_plan_of_its_time() -> None:
    old = directory("210804", 2015).resolve("区国土资源局").organization
    assert (old.key, old.name) == ("210804/国土资源", "营口市鲅鱼圈区国土资源局")


@pytest.mark.parametrize("printed", ["国家粮食局", "中国储备粮管理总公司"])
def test_a_body_of_the_centre_keeps_the_name_of_its_time(printed: str) -> None:
    assert directory("000000", 2005).resolve(printed).organization.name == printed
    assert directory("000000", 2022).resolve(printed).doubt == "superseded-name"


@pytest.mark.parametrize("printed", ["均安镇", "中国人寿营口分公司", "人行营口市中心支行", "国网营口供电公司"])
def test_a_name_that_stands_by_itself_takes_no_level(printed: str) -> None:
    assert directory("210804").resolve(printed, inherited="区").organization.name == printed


@pytest.mark.parametrize(
    ("code", "printed", "name"),
    [
        ("422800", "州公安局", "恩施土家族苗族自治州公安局"),
        ("422801", "州公安局", "恩施土家族苗族自治州公安局"),
        ("422801", "市公安局", "恩施土家族苗族自治州恩施市公安局"),
        ("422800", "市公安局", "市公安局"),
        ("450000", "区公安厅", "广西壮族自治区公安厅"),
        ("150000", "省公安厅", "省公安厅"),
        ("310106", "市公安局", "上海市公安局"),
    ],
)
def test_a_word_of_level_is_that_of_the_place(code: str, printed: str, name: str) -> None:
    assert directory(code).resolve(printed).organization.name == name


def test_without_a_year_no_name_is_out_of_date() -> None:
    assert directory("000000", None).resolve("银保监会").organization.name == "中国银行保险监督管理委员会"


def test_a_bracket_belongs_to_the_name_before_it() -> None:
    assert directory("210804").resolve("区发改委（粮食局）").organization.key == "210804/发展改革"


@pytest.mark.parametrize("printed", ["市场监管部门", "农业农村部门", "卫生健康部门"])
def test_generic_names_merge_with_nobody(printed: str) -> None:
    organization = directory("210804").resolve(printed).organization
    assert (organization.key, organization.generic, organization.collective) == (f"210804/{printed}", True, False)


@pytest.mark.parametrize("printed", ["各相关部门", "各牵头部门", "各有关单位", "各镇街", "各乡(镇、街道)"])
def test_collectives_stay_whole(printed: str) -> None:
    organization = directory("210804").resolve(printed).organization
    assert (organization.key, organization.collective) == (f"210804/{printed}", True)


def test_the_members_of_one_committee_are_one_collective() -> None:
    here = directory("210804")
    one, other = here.resolve("区政府食安委各成员单位").organization, here.resolve("区食安委各成员单位").organization
    assert one == other
    assert one.key == "210804/食品安全委员会各成员单位"
    assert here.resolve("区食安委相关成员单位").organization.key != one.key


@pytest.mark.parametrize(
    ("head", "place"),
    [
        ("关于印发《营口市鲅鱼圈区2022年食品安全重点工作安排》的通知", "210804"),
        ("中共营口市委办公室 营口市人民政府办公室关于加强工作的意见", "210800"),
        ("教育部办公厅关于开展检查的通知", "000000"),
        ("2022年食品安全工作要点", None),
    ],
)
def test_the_place_of_a_document_by_its_title(head: str, place: str | None) -> None:
    assert read_text(f"{head}\n1.做好工作。（各部门）").place == place


def test_who_signs_says_of_which_place_a_document_is() -> None:
    text = "2022年工作要点\n1.做好工作。（市市场监管局）\n营口市食品安全委员会办公室\n2022年3月1日\n"
    assert [a.organization.name for a in read_text(text).tasks[0].assignments] == ["营口市市场监督管理局"]


def test_a_name_of_its_time_keeps_that_name() -> None:
    plan = read_text("北京市朝阳区2015年工作要点\n1.做好工作。（区食药监局、区卫计委）")
    assert [(a.name, a.organization.name, a.organization.function) for a in plan.tasks[0].assignments] == [
        ("区食药监局", "北京市朝阳区食品药品监督管理局", "食品药品监管"),
        ("区卫计委", "北京市朝阳区卫生和计划生育委员会", "卫生计生"),
    ]


def test_bodies_of_one_kind_are_not_one_body() -> None:
    plan = read_text("营口市2022年工作要点\n1.做好工作。（市自来水公司、市燃气公司、市公交公司）")
    assert len({a.organization.key for a in plan.tasks[0].assignments}) == 3
