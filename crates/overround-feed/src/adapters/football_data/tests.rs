//! Small files, and the lines of ours that they become.

use super::*;
use crate::record::parse_line;
use crate::write::write_record;

/// The records as our lines; what is rejected as `line reason: text`.
fn lines(bytes: &[u8]) -> Vec<String> {
    let mut adapter = FootballData::new(Box::new(bytes));
    let mut lines = Vec::new();
    while let Some(item) = adapter.next_item().unwrap() {
        let line = match &item.record {
            Ok(record) => {
                let mut line = Vec::new();
                write_record(record, &mut line);
                // What is imported can be read.
                assert_eq!(parse_line(line.trim_ascii_end()).as_ref(), Ok(record));
                line
            }
            Err(reason) => format!("{} {reason}: {}", item.line, String::from_utf8_lossy(item.text)).into_bytes(),
        };
        lines.push(String::from_utf8(line).unwrap().trim_end().to_owned());
    }
    lines
}

/// What a line says of a quote: when (seconds from kick-off), whose, what, at which line and price.
fn brief(lines: &[String], kick_off_us: i64) -> Vec<String> {
    let brief = |line: &String| {
        let value: serde_json::Value = serde_json::from_str(line).ok()?;
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        let number = |key: &str| value[key].as_f64().map(|number| format!(" {number}")).unwrap_or_default();
        let at = (value["ts"].as_i64()? - kick_off_us) / 1_000_000;
        let what = [text("bookmaker"), text("market"), text("outcome")].join(" ");
        Some(format!("{at} {} {what}{}{}", text("type"), number("line"), number("price")))
    };
    lines.iter().filter_map(brief).collect()
}

const KICK_OFF_US: i64 = 1_723_834_800_000_000; // 2024-08-16 20:00 in London

#[test]
fn a_match_is_told_from_first_prices_to_result() {
    let text = "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,FTR,B365H,B365D,B365A,PSH,PSD,PSA,MaxH,MaxD,MaxA,P>2.5,P<2.5,AHh,PAHH,PAHA,\
                PSCH,PSCD,PSCA,AHCh,PCAHH,PCAHA\n\
                E0,16/08/2024,20:00,Man United,Fulham,1,0,H,1.6,4.2,5.25,1.63,4.38,0,1.7,4.5,5.5,1.56,2.56,-1,2.07,1.86,\
                1.65,4.23,5.28,-0.75,1.83,2.11\n";
    let lines = lines(text.as_bytes());
    assert_eq!(
        lines[0],
        r#"{"type":"fixture","ts":1723831200000000,"fixture":"E0_2024-08-16_Man United_Fulham","sport":"soccer","league":"E0","home":"Man United","away":"Fulham","start":1723834800000000}"#
    );
    let expected = [
        "-3600 fixture   ",
        "-3600 odds b365 match_result home 1.6",
        "-3600 odds b365 match_result draw 4.2",
        "-3600 odds b365 match_result away 5.25",
        "-3600 odds ps match_result home 1.63",
        "-3600 odds ps match_result draw 4.38",
        "-3600 odds ps total over 2.5 1.56",
        "-3600 odds ps total under 2.5 2.56",
        "-3600 odds ps spread home -1 2.07",
        "-3600 odds ps spread away 1 1.86",
        "-1 odds ps match_result home 1.65",
        "-1 odds ps match_result draw 4.23",
        "-1 odds ps match_result away 5.28",
        "-1 odds ps spread home -0.75 1.83",
        "-1 odds ps spread away 0.75 2.11",
        // The closing prices are all there is.
        "-1 removed b365 match_result home",
        "-1 removed b365 match_result draw",
        "-1 removed b365 match_result away",
        "-1 removed ps total over 2.5",
        "-1 removed ps total under 2.5",
        "-1 removed ps spread home -1",
        "-1 removed ps spread away 1",
        "7200 ended   ",
    ];
    assert_eq!(brief(&lines, KICK_OFF_US), expected);
    assert_eq!(
        lines[22],
        r#"{"type":"ended","ts":1723842000000000,"fixture":"E0_2024-08-16_Man United_Fulham","home_score":1,"away_score":0}"#
    );
}

#[test]
fn a_c_is_closing_only_beside_a_bookmaker_without_it() {
    let header = |names: &str| {
        let row: Vec<String> = names.split(',').enumerate().map(|(i, _)| format!("{}", i + 2)).collect();
        let text = format!("Div,Date,Time,HomeTeam,AwayTeam,{names}\nE0,16/08/2024,20:00,A,B,{}\n", row.join(","));
        brief(&lines(text.as_bytes()), KICK_OFF_US).split_off(1)
    };
    // VC is a bookmaker, and VCC its closing prices.
    let vc = header("VCH,VCD,VCA,VCCH,VCCD,VCCA");
    assert_eq!(vc[0], "-3600 odds vc match_result home 2");
    assert_eq!(vc[3], "-1 odds vc match_result home 5");
    // Nobody is V, though there is a VH; and an incomplete set is none.
    assert_eq!(header("VH,VCH,VCD,VCA")[0], "-3600 odds vc match_result home 3");
    assert_eq!(header("XH,XD").len(), 0);
    // Only with the other column, too, of a total or a handicap.
    assert_eq!(header("B365>2.5,B365<2.5,B365C>2.5,B365C<2.5")[2], "-1 odds b365 total over 2.5 4");
    assert_eq!(header("B365>2.5,B365C>2.5,B365C<2.5")[0], "-3600 odds b365c total over 2.5 3");
    assert_eq!(header("BFEH,BFED,BFEA")[0], "-3600 odds betfair_exchange match_result home 2");
    assert_eq!(header("BFEC>2.5,BFEC<2.5,BFE>2.5,BFE<2.5")[0], "-3600 odds betfair_exchange total over 2.5 4");
    assert_eq!(header("MaxH,MaxD,MaxA,AvgCH,AvgCD,AvgCA,BbMxH,BbMxD,BbMxA").len(), 0);
    assert_eq!(header("HTHG,HS,AS,HR,AR,BbAHh,AHh").len(), 0);
}

#[test]
fn without_closing_prices_nothing_is_removed() {
    let text = "Div,Date,HomeTeam,AwayTeam,WHH,WHD,WHA,WHCH,WHCD,WHCA\nE0,16/08/2024,A,B,2,3,4,,0,\n";
    assert!(!lines(text.as_bytes()).iter().any(|line| line.contains("removed")));
}

#[test]
fn matches_are_in_order_of_time_and_rows() {
    let text = "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,WHH,WHD,WHA\n\
                E0,17/08/24,15:00,C,D,0,0,2,3,4\n,,,,,,,,,\nE0,16/08/24,20:00,A,B,1,1,2,3,4\nE0,17/08/24,15:00,E,F,,,2,3,\n";
    let lines = lines(text.as_bytes());
    let fixtures: Vec<&str> = lines.iter().map(|line| line.split('_').nth(2).unwrap()).collect();
    assert_eq!(fixtures.iter().filter(|&&home| home == "E").count(), 3, "no result and no away price");
    let order = ["A", "A", "A", "A", "A", "C", "C", "C", "C", "E", "E", "E", "C"];
    assert_eq!(fixtures, order);
}

#[test]
fn names_may_be_latin_1_or_utf_8() {
    let text = "Div,Date,HomeTeam,AwayTeam\nSP1,16/08/2024,Málaga,Cádiz\n";
    let latin_1: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    assert_ne!(latin_1, text.as_bytes());
    assert_eq!(lines(&latin_1), lines(text.as_bytes()));
    let with_mark = format!("\u{feff}{text}");
    assert_eq!(lines(with_mark.as_bytes()), lines(text.as_bytes()));
    assert!(lines(&latin_1)[0].contains("\"home\":\"Málaga\""));
    // Noon where there is no time.
    assert!(lines(&latin_1)[0].ends_with("\"start\":1723809600000000}"));
}

#[test]
fn what_cannot_be_used_is_rejected_alone() {
    let text = "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,WHH,WHD,WHA,AHh,WHAHH,WHAHA\n\
                E0,31/02/2024,A,B,1,0,2,3,4,0,2,2\n\
                ,16/08/2024,A,B,1,0,2,3,4,0,2,2\n\
                E0,16/08/2024,A,B,1,0,1,x,inf,,2,2\n\
                E0,17/08/2024,A,B,one,0,2,3,4,0.3333,2,2\n";
    let lines = lines(text.as_bytes());
    let rejected: Vec<&str> = lines.iter().filter(|line| !line.starts_with('{')).map(String::as_str).collect();
    let expected = [
        "2 bad_value: E0,31/02/2024,A,B,1,0,2,3,4,0,2,2",
        "3 missing_key: ,16/08/2024,A,B,1,0,2,3,4,0,2,2",
        "4 bad_price: WHH: 1",
        "4 bad_value: WHD: x",
        "4 bad_value: WHA: inf",
        "4 bad_line: WHAHH: 2",
        "4 bad_line: WHAHA: 2",
        "5 bad_line: WHAHH: 2",
        "5 bad_line: WHAHA: 2",
        "5 bad_value: FTHG, FTAG",
    ];
    assert_eq!(rejected, expected);
    assert_eq!(lines.len() - rejected.len(), 6);
}

#[test]
fn handicaps_need_the_column_of_their_line() {
    let row = |columns: &str, cells: &str| {
        let text = format!(
            "Div,Date,Time,HomeTeam,AwayTeam,B365AHH,B365AHA,{columns}\nE0,16/08/2024,20:00,A,B,1.9,2,{cells}\n"
        );
        brief(&lines(text.as_bytes()), KICK_OFF_US)
    };
    assert_eq!(row("AHCh", "0.5"), ["-3600 fixture   "], "the closing line says nothing of the prices before");
    assert_eq!(
        row("AHh", "0.5"),
        ["-3600 fixture   ", "-3600 odds b365 spread home 0.5 1.9", "-3600 odds b365 spread away -0.5 2"]
    );
}

#[test]
fn another_table_is_no_file_of_football_data() {
    for text in ["", "a,b\n1,2\n", "Div,Date,Home,Away\n"] {
        let error = FootballData::new(Box::new(text.as_bytes())).next_item().map(drop).unwrap_err().to_string();
        assert!(error.starts_with("line 1: no column `"), "{error}");
    }
}
