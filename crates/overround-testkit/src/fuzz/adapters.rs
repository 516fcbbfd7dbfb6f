//! Other people's formats.

use overround::Config;
use overround_feed::adapters::the_odds_api::{OddsApiOptions, OddsApiPrices};
use overround_feed::{Feed, FeedError, Format, Item, Replay, parse_line, write_record};

/// Responses of The Odds API; the first byte says how prices are read and whether a bare response is given its time.
pub fn the_odds_api(data: &[u8]) {
    let [choices, rest @ ..] = data else { return };
    let prices = match choices & 3 {
        0 | 1 => OddsApiPrices::Detect,
        2 => OddsApiPrices::American,
        _ => OddsApiPrices::Decimal,
    };
    let mut options = OddsApiOptions::default().with_prices(prices);
    if choices & 4 != 0 {
        options = options.with_ts(overround::Timestamp(1_786_104_000_000_000));
    }
    imports(rest, Format::TheOddsApi(options));
}

/// A CSV of football-data.co.uk.
pub fn football_data(data: &[u8]) {
    imports(data, Format::FootballData);
}

/// What an import writes tells the same as the original, and every record that is written is read as it was meant.
fn imports(data: &[u8], format: Format) {
    let mut direct = Replay::new(Config::live()).expect("the preset is valid");
    let mut imported = Replay::new(Config::live()).expect("the preset is valid");
    let mut lines = Vec::new();
    let mut told = [Vec::new(), Vec::new()];
    let mut feed = Feed::new(Box::new(data), format);
    loop {
        let item: Item<'_> = match feed.next_item() {
            Ok(Some(item)) => item,
            Ok(None) | Err(FeedError::Format { .. }) => break,
            Err(other) => panic!("bytes in memory can be read: {other}"),
        };
        let heard = direct.apply(&item);
        let is_refused = heard.is_err();
        told[0].extend_from_slice(heard.unwrap_or_default());
        let Ok(record) = &item.record else { continue };
        lines.clear();
        write_record(record, &mut lines);
        let line = lines.strip_suffix(b"\n").expect("a line has an end");
        let again = parse_line(line)
            .unwrap_or_else(|reason| panic!("{reason}: {} was written of {record:?}", String::from_utf8_lossy(line)));
        assert_eq!(again.ts, record.ts);
        let heard = imported.apply_record(&again);
        assert_eq!(is_refused, heard.is_err(), "{record:?}");
        told[1].extend_from_slice(heard.unwrap_or_default());
    }
    told[0].extend_from_slice(direct.finish());
    told[1].extend_from_slice(imported.finish());
    assert_eq!(told[0], told[1], "what is imported tells the same");
    assert_eq!(direct.engine().digest(), imported.engine().digest());
}
