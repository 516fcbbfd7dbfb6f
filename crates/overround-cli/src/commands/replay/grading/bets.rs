//! The log of bets: flumine's columns, then ours.

use super::super::super::reasons::Names;
use super::figures::{Report, units};
use overround::grade::Grade;
use overround::grade::betting::Bet;
use overround::opportunity::Figures;
use overround::{Side, Timestamp};
use overround_math::settlement::Settlement;

/// The columns of flumine's backtest log, in its order, then ours.
const COLUMNS: [&str; 43] = [
    "bet_id",
    "strategy_name",
    "market_id",
    "selection_id",
    "trade_id",
    "date_time_placed",
    "price",
    "price_matched",
    "size",
    "size_matched",
    "profit",
    "side",
    "elapsed_seconds_executable",
    "order_status",
    "market_note",
    "notes",
    "opportunity_id",
    "kind",
    "fixture",
    "sport",
    "league",
    "market",
    "period",
    "participant",
    "line",
    "outcome",
    "bookmaker",
    "net_price",
    "risk",
    "risk_matched",
    "status",
    "is_hedge",
    "result",
    "date_time_settled",
    "fair_probability",
    "claimed",
    "confidence",
    "class",
    "method",
    "closing_value",
    "age_us",
    "detected_us",
    "live",
];

/// The whole log as CSV, one line a bet asked for, in the order in which they were placed. `size` is flumine's: of a lay the backer's stake;
/// `risk` is what is at risk. Profits add up to what the bankroll gained, to the cent. What was never settled has the result `open` and no profit.
pub(super) fn log(grades: &[Grade], report: &Report, names: Names<'_>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).expect(IN_MEMORY);
    for (number, bet) in (1_u64..).zip(&report.ledger.bets) {
        writer.write_record(record(number, bet, &grades[bet.grade], names)).expect(IN_MEMORY);
    }
    writer.into_inner().expect(IN_MEMORY)
}

const IN_MEMORY: &str = "records of one length can be written to memory";

fn record(number: u64, bet: &Bet, grade: &Grade, names: Names<'_>) -> [String; COLUMNS.len()] {
    let told = &grade.told;
    let fixture = names.catalog.fixture(told.fixture);
    let market = names.catalog.market(bet.on.market);
    let text = |name: Option<&str>| tame(name.unwrap_or_default());
    let key = fixture.map_or_else(String::new, |fixture| fixture.key.to_string());
    let line = market.as_ref().and_then(|market| market.own_line(bet.on.outcome));
    let line = line.map_or_else(String::new, |line| line.as_f64().to_string());
    let market_id = match &market {
        Some(it) => [&key, it.market, it.period, it.participant.unwrap_or_default(), &line].join("|"),
        None => String::new(),
    };
    let backed = |risk: i64, price: f64| match bet.on.side {
        Side::Back => units(risk).to_string(),
        Side::Lay => format!("{:.2}", units(risk) / (price - 1.0)),
    };
    let ev = match &told.figures {
        Figures::Ev(ev) => Some(ev),
        _ => None,
    };
    let leg = &grade.legs[bet.leg];
    let closing = grade.close.as_ref().and_then(|close| close.legs.get(bet.leg)?.fair_probability);
    let number_text = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    [
        number.to_string(),
        tame(names.profile(told.profile)),
        tame(&market_id),
        tame(names.outcome(bet.on.market, bet.on.outcome)),
        format!("{}-{}", told.id, grade.number),
        date_time(bet.placed_ts),
        bet.price.to_string(),
        bet.price_matched.to_string(),
        backed(bet.size, bet.price),
        backed(bet.size_matched, bet.price_matched),
        units(bet.profit).to_string(),
        if bet.on.side == Side::Back { "BACK" } else { "LAY" }.to_owned(),
        (super::figures::seconds(bet.elapsed_us)).to_string(),
        if bet.size_matched > 0 { "Execution complete" } else { "Expired" }.to_owned(),
        tame(&names.fixture(told.fixture)),
        notes(bet, grade),
        told.id.to_string(),
        told.kind().name().to_owned(),
        tame(&key),
        text(fixture.and_then(|fixture| fixture.sport.as_deref())),
        text(fixture.and_then(|fixture| fixture.league.as_deref())),
        text(market.as_ref().map(|market| market.market)),
        text(market.as_ref().map(|market| market.period)),
        text(market.as_ref().and_then(|market| market.participant)),
        line,
        tame(names.outcome(bet.on.market, bet.on.outcome)),
        tame(names.bookmaker(bet.bookmaker)),
        bet.net_matched.to_string(),
        units(bet.size).to_string(),
        units(bet.size_matched).to_string(),
        bet.status.name().to_owned(),
        bet.is_hedge.to_string(),
        bet.settlement.map_or("open", result).to_owned(),
        bet.settled_ts.map_or_else(String::new, date_time),
        number_text(leg.fair_probability),
        grade.claimed().to_string(),
        number_text(ev.map(|ev| ev.confidence)),
        text(ev.map(|ev| ev.class.name())),
        ev.map_or_else(String::new, |ev| ev.reference.method.to_string()),
        number_text(closing.map(|p| p * bet.net_matched - 1.0)),
        leg.age_us.to_string(),
        told.detected_ts.0.to_string(),
        told.live.to_string(),
    ]
}

/// A text that came from a feed, such that no spreadsheet takes it for a formula: before `=`, `+`, `-`, `@`, a tab or a line's end goes an
/// apostrophe, which spreadsheets take for "this is text". Numbers stay what they are.
fn tame(text: &str) -> String {
    let is_number = || text.parse::<f64>().is_ok_and(f64::is_finite);
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) && !is_number() {
        return format!("'{text}");
    }
    text.to_owned()
}

fn notes(bet: &Bet, grade: &Grade) -> String {
    let part = if bet.is_hedge { "hedge of leg" } else { "leg" };
    format!("{} {part} {} of {}", grade.kind().name(), bet.leg + 1, grade.legs.len())
}

const fn result(settlement: Settlement) -> &'static str {
    match settlement {
        Settlement::Win => "win",
        Settlement::HalfWin => "half_win",
        Settlement::Push => "push",
        Settlement::HalfLoss => "half_loss",
        Settlement::Loss => "loss",
    }
}

/// As Python writes it, in UTC.
pub(super) fn date_time(ts: Timestamp) -> String {
    match jiff::Timestamp::from_microsecond(ts.0) {
        Ok(time) => time.strftime("%Y-%m-%d %H:%M:%S.%6f").to_string(),
        Err(_) => ts.0.to_string(),
    }
}
