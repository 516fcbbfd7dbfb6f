//! What a file is taken for, and that neither the pieces in which it comes nor a merge change what it says.

use super::*;
use crate::adapters::the_odds_api::OddsApiPrices;
use crate::io::tests::Trickle;
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
