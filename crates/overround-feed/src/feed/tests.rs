//! What a file is taken for, and that neither the pieces in which it comes nor a merge change what it says.

use super::*;
use crate::adapters::the_odds_api::OddsApiPrices;
use crate::io::tests::{Broken, Restless, Trickle};
use proptest::prelude::*;
use std::io::BufReader;

const THE_ODDS_API: Format = Format::TheOddsApi(OddsApiOptions { prices: OddsApiPrices::Detect, ts: None });
/// An item with all it has, to be compared.
type Owned = (usize, u64, Vec<u8>, String);

fn all(mut next: impl FnMut() -> Option<Owned>) -> Vec<Owned> {
    std::iter::from_fn(&mut next).collect()
}

fn owned(item: &Item<'_>) -> Owned {
    (item.input, item.line, item.text.to_vec(), format!("{:?}", item.record))
}

fn items(mut feed: Feed<'_>) -> Vec<Owned> {
    all(|| feed.next_item().unwrap().as_ref().map(owned))
}

#[test]
fn formats_show_in_the_first_line() {
    for (text, format) in [
        (r#"{"type":"odds","ts":1}"#, Format::Overround),
        (r#"{"fixture":"\"committed_at\":","type":"odds"}"#, Format::Overround),
        (r#"{"more":{"data":1},"ts":1,"data":2}"#, Format::Overround),
        (r#"{"committed_at":"2025-11-04T13:00:42Z","data":["#, THE_ODDS_API),
        (r#"{"commit":"x\"y", "data" : [{"ts":1}], "ts":1}"#, THE_ODDS_API),
        ("\n \n[{\"id\":", THE_ODDS_API),
        ("\u{feff}Div,Date,HomeTeam,AwayTeam\r\n", Format::FootballData),
        ("Div, Date, HomeTeam , AwayTeam,FTHG\nE0,", Format::FootballData),
        ("Country,League,Home,Away\n", Format::Overround),
        ("", Format::Overround),
        ("{\"", Format::Overround),
        ("{\"a\\", Format::Overround),
        ("nonsense\n{\"data\":1}", Format::Overround),
    ] {
        assert_eq!(Format::detect(text.as_bytes()), format, "{text}");
    }
    assert_eq!(Format::of_name("football-data"), Some(Format::FootballData));
    assert_eq!(Format::of_name("csv"), None);
}

#[test]
fn lines_are_numbered_and_kept() {
    let text = b"\n{\"type\":\"heartbeat\",\"ts\":1}\r\nnonsense\n";
    let mut feed = Feed::new(Box::new(&text[..]), Format::Overround);
    let item = feed.next_item().unwrap().unwrap();
    assert_eq!((item.line, item.text, item.record.is_ok()), (2, &b"{\"type\":\"heartbeat\",\"ts\":1}"[..], true));
    let item = feed.next_item().unwrap().unwrap();
    assert_eq!((item.line, item.text, item.record), (3, &b"nonsense"[..], Err(Reject::BadJson)));
    assert!(feed.next_item().unwrap().is_none());
    assert!(feed.next_item().unwrap().is_none());
}

#[test]
fn a_line_over_one_mib_is_rejected_and_the_next_is_read() {
    let text = format!("{}\n{}", "x".repeat(3 * MAX_LINE_BYTES), r#"{"type":"heartbeat","ts":1}"#);
    let items = items(Feed::new(Box::new(text.as_bytes()), Format::Overround));
    assert_eq!(items.len(), 2);
    assert_eq!((items[0].2.len(), &*items[0].3), (MAX_LINE_BYTES + 1, "Err(TooLong)"));
    assert_eq!(items[1].1, 2);
}

#[test]
fn an_opened_file_is_recognised_and_read_from_its_beginning() {
    let path = std::env::temp_dir().join(format!("overround-feed-open-{}.csv", std::process::id()));
    std::fs::write(&path, "\nDiv,Date,HomeTeam,AwayTeam,B365H,B365D,B365A\nE0,16/08/2024,A,B,2,3,4\n").unwrap();
    let feed = Feed::open(&path).unwrap();
    assert_eq!(format!("{feed:?}"), "Feed(football-data)");
    assert_eq!(items(feed).len(), 4);
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(Feed::open(&path), Err(FeedError::Io(_))));
}

#[test]
fn a_merge_goes_by_time_and_at_ties_by_file() {
    let beat = |ts: i64| format!("{{\"type\":\"heartbeat\",\"ts\":{ts}}}\n");
    let a = [beat(1), beat(3), beat(2), beat(9)].concat();
    let b = ["nonsense\n".to_owned(), beat(1), beat(3), "nonsense\n".to_owned(), beat(4)].concat();
    let feeds = [&a, &b].map(|text| Feed::new(Box::new(text.as_bytes()), Format::Overround));
    let mut feeds = Feeds::new(feeds.into());
    let merged = all(|| feeds.next_item().unwrap().as_ref().map(owned));
    let order: Vec<(usize, u64)> = merged.iter().map(|item| (item.0, item.1)).collect();
    // The nonsense of b comes as soon as it is next; the 2 of a, which runs backwards, after the 3 before it.
    assert_eq!(order, [(1, 1), (0, 1), (1, 2), (0, 2), (0, 3), (1, 3), (1, 4), (1, 5), (0, 4)]);
    assert!(Feeds::new(vec![]).next_item().unwrap().is_none());
}

#[test]
fn feeds_of_different_formats_are_merged_by_their_records() {
    let matches =
        "Div,Date,Time,HomeTeam,AwayTeam,WHH,WHD,WHA\nE0,01/01/70,13:00,A,B,2,3,4\nE0,40/01/70,13:00,C,D,2,3,4\n";
    let market = |key: &str| format!(r#"{{"key":"{key}","outcomes":[{{"name":"H","price":2.5}}]}}"#);
    let response = |second: u32| {
        let event =
            r#""id":"e","sport_key":"golf","commence_time":"1970-01-02T00:00:00Z","home_team":"H","away_team":"A""#;
        let markets = [market("h2h"), market("outrights"), market("h2h_q1")].join(",");
        let book = format!(r#"{{"key":"b","markets":[{markets}]}}"#);
        format!(
            "{{\"committed_at\":\"1970-01-01T12:00:{second:02}Z\",\"data\":[{{{event},\"bookmakers\":[{book}]}}]}}\n"
        )
    };
    let responses = [response(0), "{}\n".to_owned(), response(1)].concat();
    let beats = "{\"type\":\"heartbeat\",\"ts\":43200000000}\n{\"type\":\"heartbeat\",\"ts\":43201000000}\n";
    let of = [(matches, Format::FootballData), (&*responses, THE_ODDS_API), (beats, Format::Overround)];
    let mut feeds = Feeds::new(of.map(|(text, format)| Feed::new(Box::new(text.as_bytes()), format)).into());
    let merged = all(|| feeds.next_item().unwrap().as_ref().map(owned));
    // The row without a day and the response without data come as soon as they are next, the former before all: it has no time.
    let order: Vec<(usize, u64, bool)> = merged.iter().map(|item| (item.0, item.1, item.3.starts_with("Ok"))).collect();
    let expected = [
        (0, 3, false),
        (0, 2, true),
        (0, 2, true),
        (0, 2, true),
        (0, 2, true),
        (1, 1, true),
        (1, 1, true),
        (1, 2, false),
        (2, 1, true),
        (1, 3, true),
        (2, 2, true),
    ];
    assert_eq!(order, expected, "{merged:#?}");
    assert_eq!(feeds.skipped_markets(), 4);
    assert!(format!("{feeds:?}").contains("[Feed(football-data), Feed(the-odds-api), Feed(overround)]"));
}

#[test]
fn what_cannot_be_read_on_is_an_error_and_no_end() {
    let beats = b"{\"type\":\"heartbeat\",\"ts\":1}\n".repeat(3);
    let long = [&*beats, &b"x".repeat(MAX_LINE_BYTES + 9)].concat();
    let matches = b"Div,Date,HomeTeam,AwayTeam,B365H\n";
    let response = br#"[{"id":"#;
    let timed = Format::TheOddsApi(OddsApiOptions::default().with_ts(Timestamp(1)));
    for (text, format, items) in [
        (&beats[..], Format::Overround, 3),
        (&long, Format::Overround, 3),
        (matches, Format::FootballData, 0),
        (b"", THE_ODDS_API, 0),
        (b"{}\n{}\n", THE_ODDS_API, 2),
        (response, timed, 0),
    ] {
        let feed = || Feed::new(Box::new(BufReader::new(text.chain(Broken))), format);
        let fail = |next: &mut dyn FnMut() -> Result<bool, FeedError>| {
            for _ in 0..items {
                assert!(next().unwrap(), "{format:?}");
            }
            let error = next().unwrap_err();
            assert_eq!(error.to_string(), "the disk is gone", "{format:?}");
            assert!(std::error::Error::source(&error).is_some());
        };
        let mut one = feed();
        fail(&mut || one.next_item().map(|item| item.is_some()));
        let mut two = Feeds::new(vec![feed(), Feed::new(Box::new(&b""[..]), Format::Overround)]);
        fail(&mut || two.next_item().map(|item| item.is_some()));
    }
    let error = Feed::detect(Box::new(BufReader::new(Broken)), |format| format).unwrap_err();
    assert_eq!(error.to_string(), "the disk is gone");
    let error = FeedError::Format { line: 3, problem: "no column `Div`".to_owned() };
    assert_eq!(
        (error.to_string(), std::error::Error::source(&error).is_none()),
        ("line 3: no column `Div`".to_owned(), true)
    );
}

#[test]
fn interruptions_change_nothing() {
    let text = |format: Format| match format {
        Format::FootballData => "\n\nDiv,Date,HomeTeam,AwayTeam,WHH,WHD,WHA\nE0,01/01/70,A,B,2,3,4\n".to_owned(),
        Format::Overround => {
            format!("\n{}\n{{\"type\":\"heartbeat\",\"ts\":1}}\nx\n", "x".repeat(MAX_LINE_BYTES + (1 << 14)))
        }
        _ => "\n \n{}\n{\"committed_at\":\"1970-01-01T12:00:00Z\",\"data\":[]}\nx\n".to_owned(),
    };
    for format in [Format::Overround, THE_ODDS_API, Format::FootballData] {
        let text = text(format);
        let restless = || Box::new(BufReader::with_capacity(1 << 12, Restless(text.as_bytes(), false)));
        let whole = items(Feed::new(Box::new(text.as_bytes()), format));
        assert!(whole.len() >= 2);
        assert!(items(Feed::new(restless(), format)) == whole, "{format:?}");
        assert!(items(Feed::detect(restless(), |_| format).unwrap()) == whole, "{format:?}");
    }
}

/// Lines of all formats, some of them broken.
fn any_text() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        (0..5_i64).prop_map(|ts| format!(r#"{{"type":"heartbeat","ts":{ts}}}"#)),
        Just(r#"{"type":"odds","ts":3,"fixture":"f"}"#.to_owned()),
        Just(String::new()),
        Just("x".to_owned()),
        (0..5_u8, any::<bool>()).prop_map(|(second, has_book)| {
            let book = r#"{"key":"b","markets":[{"key":"h2h","outcomes":[{"name":"H","price":150},{"name":"A","price":-170}]}]}"#;
            let books = if has_book { book } else { "" };
            let event = r#""id":"e","sport_key":"icehockey_nhl","commence_time":"2025-11-04T13:00:00Z","home_team":"H","away_team":"A""#;
            format!(r#"{{"committed_at":"1970-01-01T00:00:0{second}Z","data":[{{{event},"bookmakers":[{books}]}}]}}"#)
        }),
        Just("Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,WHH,WHD,WHA".to_owned()),
        Just("E0,01/01/70,A,B,1,0,2,3,4".to_owned()),
        Just("E0,01/01/70,\"A,B,1,0,2,3,4".to_owned()),
    ];
    proptest::collection::vec(line, 0..12).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #[test]
    fn the_pieces_in_which_a_feed_comes_do_not_matter(text in any_text(), piece in 1_usize..9) {
        for format in [Format::Overround, THE_ODDS_API, Format::FootballData] {
            let read = |reader: Box<dyn BufRead + '_>| {
                let mut feed = Feed::new(reader, format);
                let mut items = Vec::new();
                loop {
                    match feed.next_item() {
                        Ok(Some(item)) => items.push(owned(&item)),
                        Ok(None) => return (items, None),
                        Err(error) => return (items, Some(error.to_string())),
                    }
                }
            };
            let whole = read(Box::new(text.as_bytes()));
            let pieces = read(Box::new(BufReader::with_capacity(piece, Trickle(text.as_bytes(), piece))));
            prop_assert_eq!(whole, pieces);
        }
    }

    #[test]
    fn a_merge_of_sorted_feeds_is_a_stable_sort(parts in proptest::collection::vec(proptest::collection::vec(0..6_i64, 0..8), 0..5)) {
        let texts: Vec<String> = parts
            .iter()
            .map(|times| {
                let mut times = times.clone();
                times.sort_unstable();
                times.iter().map(|ts| format!("{{\"type\":\"heartbeat\",\"ts\":{ts}}}\n")).collect()
            })
            .collect();
        let feed = |text: &String| Feed::new(Box::new(std::io::Cursor::new(text.clone().into_bytes())), Format::Overround);
        let mut expected: Vec<Owned> = Vec::new();
        for (input, text) in texts.iter().enumerate() {
            expected.extend(items(feed(text)).into_iter().map(|(_, line, text, record)| (input, line, text, record)));
        }
        expected.sort_by_key(|item| parse_line(&item.2).unwrap().ts);
        let mut feeds = Feeds::new(texts.iter().map(feed).collect());
        prop_assert_eq!(all(|| feeds.next_item().unwrap().as_ref().map(owned)), expected);
    }

    #[test]
    fn any_bytes_give_items_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        for format in [Format::detect(&bytes), Format::Overround, THE_ODDS_API, Format::FootballData] {
            let mut feed = Feed::new(Box::new(&bytes[..]), format);
            while let Ok(Some(_)) = feed.next_item() {}
        }
    }
}
