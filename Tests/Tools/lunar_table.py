#!/usr/bin/env python3
"""Writes and checks the lunar table, 1901 to 2100.

    pip install sxtwl zhdate lunardate lunar_python LunarCalendar ephem
    python3 Tests/Tools/lunar_table.py            # compare all sources, exit 1 on a difference nobody has listed
    python3 Tests/Tools/lunar_table.py --write    # also rewrite the two Swift tables

The table comes from sxtwl. It is compared day by day with four other packages, and month by month with a
calculation from the positions of sun and moon (ephem) by the rules of GB/T 33661-2017. That calculation is kept
as a table of its own among the tests, so that the second source stays with the code.
"""
import datetime
import math
import pathlib
import sys
import warnings

import ephem
import lunardate
import sxtwl
import zhdate
from lunar_python import Solar as LPSolar
from lunarcalendar import Converter, Solar as LCSolar

warnings.filterwarnings("ignore", category=DeprecationWarning)
ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE = ROOT / "Sources/Kit/Time/ChineseCalendarTable.swift"
SECOND = ROOT / "Tests/RulesTests/Time/AstronomicalMonths.swift"
YEARS = range(1901, 2101)
DAY = datetime.timedelta(days=1)

# Days on which a source is known to be wrong; the moon of each is within minutes of midnight in Beijing,
# and sxtwl, zhdate and the astronomical calculation agree against it.
KNOWN = {
    "lunardate": {"1933-07", "1933-08", "1954-11", "1954-12", "1978-09", "1978-10", "2100", "2101"},
    "lunar_python": {"2057-09", "2057-10"},
    "LunarCalendar": {"2057-09", "2057-10", "2089-09", "2089-10", "2097-08", "2097-09"},
    "zhdate": {"2101"},  # its list ends on 2100-12-31
}

# The almanac of 1906 put the moon of 24 April, minutes from midnight, one day later than the calculation does.
KNOWN_SKY = {1906: "sLsL+LsLsLsLsL"}


def by_sxtwl(d):
    x = sxtwl.fromSolar(d.year, d.month, d.day)
    return x.getLunarYear(), x.getLunarMonth(), x.getLunarDay(), bool(x.isLunarLeap())


def by_lunardate(d):
    x = lunardate.LunarDate.fromSolarDate(d.year, d.month, d.day)
    return x.year, x.month, x.day, bool(x.isLeapMonth)


def by_lunar_python(d):
    x = LPSolar.fromYmd(d.year, d.month, d.day).getLunar()
    return x.getYear(), abs(x.getMonth()), x.getDay(), x.getMonth() < 0


def by_lunarcalendar(d):
    x = Converter.Solar2Lunar(LCSolar(d.year, d.month, d.day))
    return x.year, x.month, x.day, bool(x.isleap)


def by_zhdate(d):
    x = zhdate.ZhDate.from_datetime(datetime.datetime(d.year, d.month, d.day))
    return x.lunar_year, x.lunar_month, x.lunar_day, bool(x.leap_month)


OTHERS = {
    "lunardate": by_lunardate,
    "lunar_python": by_lunar_python,
    "LunarCalendar": by_lunarcalendar,
    "zhdate": by_zhdate,
}


def read_years():
    """{year: (new year's day, [(month, leap, length)])} by sxtwl."""
    years, d = {}, datetime.date(1901, 2, 19)
    while (at := by_sxtwl(d))[0] in YEARS:
        year, month, day, leap = at
        if day == 1:
            first, months = years.setdefault(year, (d, []))
            months.append([month, leap, 0])
        years[year][1][-1][2] += 1
        d += DAY
    return years


def compare_days(years):
    """Prints and counts the differences that are not in KNOWN."""
    faults, d = 0, years[1901][0]
    for year, (first, months) in years.items():
        assert d == first, (year, d, first)
        for month, leap, length in months:
            for day in range(1, length + 1):
                for name, read in OTHERS.items():
                    try:
                        got = read(d)
                    except (IndexError, ValueError) as error:
                        got = repr(error)
                    if got != (year, month, day, leap) and not {str(d)[:4], str(d)[:7]} & KNOWN[name]:
                        print(f"{d}: table {(year, month, day, leap)}, {name} {got}")
                        faults += 1
                d += DAY
    return faults


def beijing(moment):
    """The civil date there: Beijing mean time (116°25') up to 1928, UTC+8 after that."""
    hours = 8 if moment > ephem.Date("1929/1/1") else 7 + 45 / 60 + 40 / 3600
    return ephem.Date(moment + hours * ephem.hour).datetime().date()


def sun_longitude(moment):
    sun = ephem.Sun(moment)
    ecliptic = ephem.Ecliptic(ephem.Equatorial(sun.g_ra, sun.g_dec, epoch=moment), epoch=moment)
    return math.degrees(ecliptic.lon)


def sun_reaches(degrees, near):
    """The instant, within 20 days of `near`, at which the sun reaches that apparent longitude."""
    low, high = ephem.Date(near - 20), ephem.Date(near + 20)
    for _ in range(45):
        middle = ephem.Date((low + high) / 2)
        ahead = (sun_longitude(middle) - degrees + 180) % 360 - 180
        low, high = (middle, high) if ahead < 0 else (low, middle)
    return high


def astronomical_years():
    """The same shape as read_years, from sun and moon: month 11 holds the winter solstice; of thirteen months
    between two solstices the first without a major solar term is the leap month."""
    moons, moment = [], ephem.Date("1899/11/1")
    while moment < ephem.Date("2102/3/1"):
        moment = ephem.next_new_moon(ephem.Date(moment + 1))
        moons.append(beijing(moment))
    terms = set()
    for year in range(1899, 2102):
        for k in range(12):  # 270 + 30 k from the solstice of `year`
            near = ephem.Date(ephem.Date(f"{year}/12/21") + k * 30.44)
            terms.add((year, k, beijing(sun_reaches((270 + 30 * k) % 360, near))))
    solstice = {year: day for year, k, day in terms if k == 0}
    term_days = sorted(day for _, _, day in terms)
    labelled = []
    for year in range(1899, 2101):
        start = max(i for i, m in enumerate(moons) if m <= solstice[year])
        end = max(i for i, m in enumerate(moons) if m <= solstice[year + 1])
        leap_due, number, calendar_year = end - start == 13, 10, year
        for i in range(start, end):
            bare = not any(moons[i] <= t < moons[i + 1] for t in term_days)
            leap = leap_due and bare
            if leap:
                leap_due = False
            else:
                number = number % 12 + 1
                calendar_year += number == 1
            labelled.append((calendar_year, number, leap, moons[i], (moons[i + 1] - moons[i]).days))
    years = {}
    for year, number, leap, first, length in labelled:
        if year in YEARS:
            years.setdefault(year, (first, []))[1].append([number, leap, length])
    return years


def qingming(year):
    """Day in April by sxtwl, and by the sun's longitude of 15 degrees at UTC+8."""
    table = next(d for d in (4, 5, 6) if (x := sxtwl.fromSolar(year, 4, d)).hasJieQi() and x.getJieQi() == 7)
    sun = beijing(sun_reaches(15, ephem.Date(f"{year}/4/5"))).day
    return table, sun


def months_text(months):
    return "".join(("+" if leap else "") + ("L" if length == 30 else "s") for _, leap, length in months)


def packed(year, first, months, april):
    bits = sum(1 << i for i, (_, _, length) in enumerate(months) if length == 30)
    leap = next((month for month, leap, _ in months if leap), 0)
    day = (first - datetime.date(year, 1, 1)).days
    return bits | leap << 13 | day << 17 | (april - 4) << 23


def write(years, second, aprils):
    rows = []
    for decade in range(1901, 2100, 10):
        cells = [f"0x{packed(y, *years[y], aprils[y]):07X}" for y in range(decade, decade + 10)]
        rows.append(f"        {', '.join(cells[:5])},  // {decade}\n        {', '.join(cells[5:])},\n")
    TABLE.write_text(
        "/// Lunar years 1901 to 2100, one number each. Written by `Tests/Tools/lunar_table.py`; do not edit.\n"
        "///\n"
        "/// Bits 0–12: the months in order, the leap month in its place, 1 for 30 days and 0 for 29.\n"
        "/// 13–16: the month that is doubled, 0 for none. 17–22: days from 1 January to the first day of the year.\n"
        "/// 23–24: Qingming, counted from 4 April (by sxtwl and by the sun's position alike).\n"
        "enum ChineseCalendarTable {\n"
        "    static let firstYear = 1901\n\n"
        "    static let years: [UInt32] = [\n" + "".join(rows) + "    ]\n}\n")
    lines = "".join(f"    {first} {months_text(months)}\n" for first, months in (second[y] for y in YEARS))
    SECOND.write_text(
        "/// Lunar years calculated from the positions of sun and moon, independently of the table in the source.\n"
        "/// Written by `Tests/Tools/lunar_table.py`. First day, then the months: `L` 30 days, `s` 29, `+` a leap month.\n"
        f'let astronomicalMonths = """\n{lines}    """\n')


def main():
    years, second = read_years(), astronomical_years()
    faults = compare_days(years)
    aprils = {}
    for year in YEARS:
        ours, theirs = years[year], second[year]
        listed = theirs[0] == ours[0] and KNOWN_SKY.get(year) == months_text(theirs[1])
        if not listed and (ours[0], months_text(ours[1])) != (theirs[0], months_text(theirs[1])):
            print(f"{year}: table {ours[0]} {months_text(ours[1])}, sky {theirs[0]} {months_text(theirs[1])}")
            faults += 1
        aprils[year], sun = qingming(year)
        if aprils[year] != sun:
            print(f"{year}: Qingming April {aprils[year]}, by the sun {sun}")
            faults += 1
    if "--write" in sys.argv[1:]:
        write(years, second, aprils)
    print(f"{len(years)} years, {faults} unlisted differences")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
