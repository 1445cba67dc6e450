"""How people's names are written: as they are, in pinyin on English pages, masked on walls and counters.

Knows nothing of persons, rows or requests; a name is a string.
"""

import re

from markupsafe import Markup
from pypinyin import Style, lazy_pinyin

# Family names that are read otherwise than the same character in a word.
SURNAMES = {
    "单": "Shan", "曾": "Zeng", "仇": "Qiu", "任": "Ren", "解": "Xie", "区": "Ou", "查": "Zha", "盖": "Ge",
    "朴": "Piao", "尉": "Wei", "翟": "Zhai", "乐": "Yue", "繁": "Po", "秘": "Bi", "冼": "Xian", "召": "Shao",
    "华": "Hua", "缪": "Miao", "员": "Yun", "石": "Shi", "种": "Chong", "折": "She", "黑": "He", "洗": "Xian",
    "葛": "Ge", "牟": "Mou", "逄": "Pang", "车": "Che", "宁": "Ning", "燕": "Yan", "盛": "Sheng", "覃": "Qin",
    "吕": "Lü", "卜": "Bu", "晁": "Chao", "柏": "Bai", "褚": "Chu", "郝": "Hao", "隗": "Wei", "祭": "Zhai",
    "欧阳": "Ouyang", "上官": "Shangguan", "司马": "Sima", "诸葛": "Zhuge", "东方": "Dongfang", "夏侯": "Xiahou",
    "皇甫": "Huangfu", "尉迟": "Yuchi", "公孙": "Gongsun", "慕容": "Murong", "令狐": "Linghu", "宇文": "Yuwen",
    "长孙": "Zhangsun", "司徒": "Situ", "端木": "Duanmu", "南宫": "Nangong", "万俟": "Moqi", "澹台": "Tantai",
}  # fmt: skip
CALLED_XIAO = {"小": "Xiao", "老": "Lao"}


def split_name(name: str) -> tuple[str, str]:
    """Family name and given name of a Chinese name."""
    length = 2 if len(name) > 2 and name[:2] in SURNAMES else 1
    return name[:length], name[length:]


def is_chinese(name: str) -> bool:
    return bool(name) and all("\u4e00" <= character <= "\u9fff" for character in name)


def person_name(name: str, language: str) -> str:
    """The name as it is in Chinese; pinyin with the family name first in English: 曾汉清 is Zeng Hanqing."""
    if language == "zh" or not is_chinese(name):
        return name
    if name[0] in CALLED_XIAO and len(name) == 2:
        return f"{CALLED_XIAO[name[0]]} {_surname(name[1])}"
    family, given = split_name(name)
    return f"{_surname(family)} {_pinyin(given)}".strip()


def _surname(family: str) -> str:
    return SURNAMES.get(family) or _pinyin(family)


def _pinyin(characters: str) -> str:
    return "".join(lazy_pinyin(characters, style=Style.NORMAL, v_to_u=True)).capitalize()


PLACES = {
    "社区": "Community", "微网格": "Micro-grid", "网格": "Grid", "邻里": "Neighbourhood", "小区": "Estate",
    "街道": "Subdistrict", "区": "District", "驿站": "Station", "服务站": "Service Station", "站": "Station",
    "中心": "Centre", "市场": "Market", "广场": "Square", "公园": "Park", "学校": "School", "河": "River", "路": "Road",
    "桥": "Bridge", "理发店": "Barber's", "超市": "Store", "店": "Shop", "门": "Gate", "里": "Lane",
}  # fmt: skip


COMMITTEE = "居民委员会"
NUMBERED = re.compile(r"(\d+)号([\u4e00-\u9fff]+)")


def place_name(name: str, language: str) -> str:
    """The name as it is in Chinese; pinyin and the kind of place in English: 乐尚网格 is Leshang Grid."""
    if language == "zh":
        return name
    if numbered := NUMBERED.fullmatch(name):
        return f"{PLACES.get(numbered[2], _pinyin(numbered[2]))} {numbered[1]}"
    if not is_chinese(name):
        return name
    if name.endswith(COMMITTEE):
        return f"{place_name(name.removesuffix(COMMITTEE), language)} Residents' Committee"
    for kind in sorted(PLACES, key=len, reverse=True):
        if name.endswith(kind) and name != kind:
            return f"{_pinyin(name.removesuffix(kind))} {PLACES[kind]}"
    return _pinyin(name)


def named(choices: list[tuple[str, str]], language: str) -> list[tuple[str, str]]:
    """(value, name of a place) of a select, the names written in the language."""
    return [(value, place_name(name, language)) for value, name in choices]


def masked_text(name: str, language: str, *, mask: str = "*") -> str:
    """姚*娟, of two characters 王*; in English Yao * Juan."""
    if len(name) < 2:
        return name
    middle = mask * max(1, len(name) - 2)
    if language == "zh" or not is_chinese(name):
        return name[0] + middle + (name[-1] if len(name) > 2 else "")
    return f"{_surname(name[0])} {mask} {_pinyin(name[-1]) if len(name) > 2 else ''}".strip()


def masked_name(name: str, language: str) -> Markup:
    """The masked name in sight, and for readers 姚某娟 / Yao Mou Juan, so that nobody hears "star"."""
    shown = masked_text(name, language)
    spoken = masked_text(name, language, mask="某" if language == "zh" else "Mou")
    return Markup('<span aria-hidden="true">{}</span><span class="y-hidden">{}</span>').format(shown, spoken)


def initial(name: str, language: str) -> str:
    """The one sign in the round picture: 姚 / Y."""
    return person_name(name, language)[:1]
