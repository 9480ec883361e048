#!/usr/bin/env python3
"""Writes and checks the lunar table, 1901 to 2100.

    pip install sxtwl zhdate lunardate lunar_python LunarCalendar ephem
    python3 Tests/Tools/lunar_table.py            # compare all sources, exit 1 on a difference nobody has listed
    python3 Tests/Tools/lunar_table.py --write    # also rewrite the four Swift tables

The table comes from sxtwl. It is compared day by day with four other packages, and month by month with a
calculation from the positions of sun and moon (ephem) by the rules of GB/T 33661-2017. That calculation is kept
as a table of its own among the tests, so that the second source stays with the code. The same holds for the days of
the 24 solar terms.
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
TERMS = ROOT / "Sources/Kit/Time/SolarTermTable.swift"
SECOND_TERMS = ROOT / "Tests/RulesTests/Time/AstronomicalTerms.swift"
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

# Terms, by year and place from Xiaohan on, at which the calculation is wrong: the solstice of 1951 came seconds after
# midnight, closer than it can tell; lunar_python agrees with the table.
KNOWN_TERMS = {(1951, 23)}


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


def terms_by_sxtwl(year):
    """Days of the month of the 24 terms, Xiaohan in January first, two in each month."""
    found = []
    for month in range(1, 13):
        for day in range(1, 29):
            x = sxtwl.fromSolar(year, month, day)
            if x.hasJieQi():
                assert x.getJieQi() == (len(found) + 1) % 24, (year, month, day)
                found.append(day)
    assert len(found) == 24, year
    return found


def terms_by_sun(year):
    """The same at UTC+8 from the sun's longitude: 285 degrees at Xiaohan, 15 more at each term."""
    found = []
    for n in range(24):
        moment = sun_reaches((285 + 15 * n) % 360, ephem.Date(ephem.Date(f"{year}/1/5") + n * 15.22))
        found.append(ephem.Date(moment + 8 * ephem.hour).datetime().day)
    return found


def months_text(months):
    return "".join(("+" if leap else "") + ("L" if length == 30 else "s") for _, leap, length in months)


def packed(year, first, months):
    bits = sum(1 << i for i, (_, _, length) in enumerate(months) if length == 30)
    leap = next((month for month, leap, _ in months if leap), 0)
    day = (first - datetime.date(year, 1, 1)).days
    return bits | leap << 13 | day << 17


def write(years, second):
    rows = []
    for decade in range(1901, 2100, 10):
        cells = [f"0x{packed(y, *years[y]):07X}" for y in range(decade, decade + 10)]
        rows.append(f"        {', '.join(cells[:5])},  // {decade}\n        {', '.join(cells[5:])},\n")
    TABLE.write_text(
        "/// Lunar years 1901 to 2100, one number each. Written by `Tests/Tools/lunar_table.py`; do not edit.\n"
        "///\n"
        "/// Bits 0–12: the months in order, the leap month in its place, 1 for 30 days and 0 for 29.\n"
        "/// 13–16: the month that is doubled, 0 for none. 17–22: days from 1 January to the first day of the year.\n"
        "enum ChineseCalendarTable {\n"
        "    static let firstYear = 1901\n\n"
        "    static let years: [UInt32] = [\n" + "".join(rows) + "    ]\n}\n")
    lines = "".join(f"    {first} {months_text(months)}\n" for first, months in (second[y] for y in YEARS))
    SECOND.write_text(
        "/// Lunar years calculated from the positions of sun and moon, independently of the table in the source.\n"
        "/// Written by `Tests/Tools/lunar_table.py`. First day, then the months: `L` 30 days, `s` 29, `+` a leap month.\n"
        f'let astronomicalMonths = """\n{lines}    """\n')


def write_terms(terms, sun):
    earliest = [min(terms[year][n] for year in YEARS) for n in range(24)]
    rows = []
    for start in range(1901, 2100, 4):
        cells = [sum((terms[y][n] - earliest[n]) << 2 * n for n in range(24)) for y in range(start, start + 4)]
        rows.append(f"        {', '.join(f'0x{cell:012X}' for cell in cells)},  // {start}\n")
    TERMS.write_text(
        "/// Solar terms of the years 1901 to 2100, one number a year. Written by `Tests/Tools/lunar_table.py`; do not edit.\n"
        "///\n"
        "/// Two bits for each term from Xiaohan on: its day of the month, counted from the earliest that it ever has.\n"
        "enum SolarTermTable {\n"
        "    static let firstYear = 1901\n\n"
        f"    static let earliest = {earliest}\n\n"
        "    static let years: [UInt64] = [\n" + "".join(rows) + "    ]\n}\n")
    lines = "".join(f"    {y} {' '.join(map(str, sun[y]))}\n" for y in YEARS)
    SECOND_TERMS.write_text(
        "/// The day of the month of each solar term, calculated from the position of the sun, independently of the table in\n"
        "/// the source. Written by `Tests/Tools/lunar_table.py`. The year, then the terms from Xiaohan on.\n"
        f'let astronomicalTerms = """\n{lines}    """\n')


def main():
    years, second = read_years(), astronomical_years()
    faults = compare_days(years)
    terms, sun = {}, {}
    for year in YEARS:
        ours, theirs = years[year], second[year]
        listed = theirs[0] == ours[0] and KNOWN_SKY.get(year) == months_text(theirs[1])
        if not listed and (ours[0], months_text(ours[1])) != (theirs[0], months_text(theirs[1])):
            print(f"{year}: table {ours[0]} {months_text(ours[1])}, sky {theirs[0]} {months_text(theirs[1])}")
            faults += 1
        terms[year], sun[year] = terms_by_sxtwl(year), terms_by_sun(year)
        for n, (table, sky) in enumerate(zip(terms[year], sun[year])):
            if table != sky and (year, n) not in KNOWN_TERMS:
                print(f"{year}: term {n} on day {table}, by the sun {sky}")
                faults += 1
    if "--write" in sys.argv[1:]:
        write(years, second)
        write_terms(terms, sun)
    print(f"{len(years)} years, {faults} unlisted differences")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
