//! `replay --grade` as a user meets it, and grades against what only the simulator knows.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use overround::Side;
use overround::grade::betting::{Plan, play};
use overround::grade::{Grade, Settings as Looks, Tally};
use overround::opportunity::{EvClass, Figures, OpportunityEvent};
use overround_cli::simulate::{Question, Settings, Simulator};
use overround_feed::config::load;
use overround_feed::{Catalog, Replay};
use overround_math::settlement::MarketShape;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Output};

fn overround(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_overround")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A folder for one test.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("overround-grading-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Made up: `PS` is taken for the anchor, `B365` is too generous to the home side of every match but the last.
fn season() -> String {
    let mut text = "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,PSH,PSD,PSA,B365H,B365D,B365A,PSCH,PSCD,PSCA\n".to_owned();
    for day in 1..=20 {
        let (home, away) = (day % 3, (day / 2) % 3);
        let generous = if day < 20 { 2.4 } else { 1.9 };
        text.push_str(&format!(
            "X1,{day:02}/01/21,Reds,<Blues>,{home},{away},2.1,3.5,4,{generous},3.2,3.4,2,3.6,4.3\n"
        ));
    }
    text
}

const ANCHOR: &str = r#"fair.anchors=[{bookmaker="ps",weight=1.0}]"#;

#[test]
fn a_season_is_graded_and_every_sum_is_the_same() {
    let folder = folder("season");
    let path = |name: &str| folder.join(name).display().to_string();
    std::fs::write(folder.join("X1.csv"), season()).unwrap();
    let (feed, bets, page, events, bare) = (path("X1.csv"), path("bets.csv"), path("page.html"), path("a"), path("b"));
    let grade = |threads| {
        let output = overround(&[
            "replay",
            &feed,
            "--set",
            ANCHOR,
            "--grade",
            "--bet-kinds",
            "ev",
            "--bets",
            &bets,
            "--report",
            &page,
            "--summary",
            "json",
            "--events",
            &events,
            "--threads",
            threads,
        ]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let mut summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        summary["seconds"] = serde_json::Value::Null;
        (summary, std::fs::read(folder.join("bets.csv")).unwrap(), std::fs::read(folder.join("page.html")).unwrap())
    };
    let (summary, log, html) = grade("1");
    assert_eq!(grade("3"), (summary.clone(), log.clone(), html.clone()), "threads change nothing");
    let output = overround(&["replay", &feed, "--set", ANCHOR, "--summary", "json", "--events", &bare]);
    let plain: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(std::fs::read(folder.join("a")).unwrap(), std::fs::read(folder.join("b")).unwrap());
    assert_eq!((&plain["digest"], &plain["grade"]), (&summary["digest"], &serde_json::Value::Null));

    let graded = &summary["grade"];
    let mut reader = csv::Reader::from_reader(log.as_slice());
    let first: Vec<String> = reader.headers().unwrap().iter().take(16).map(str::to_owned).collect();
    assert_eq!(
        first.join(","),
        "bet_id,strategy_name,market_id,selection_id,trade_id,date_time_placed,price,price_matched,size,size_matched,profit,side,\
         elapsed_seconds_executable,order_status,market_note,notes"
    );
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let profits: f64 = rows.iter().map(|row| row[10].parse::<f64>().unwrap()).sum();
    let (start, end) = (graded["bankroll"]["start"].as_f64().unwrap(), graded["bankroll"]["end"].as_f64().unwrap());
    assert!((end - start - profits).abs() < 1e-6 && (graded["all"]["profit"].as_f64().unwrap() - profits).abs() < 1e-6);
    for group in graded["by"].as_array().unwrap().iter().filter(|group| group["of"] != "price") {
        let sum: f64 = group["rows"].as_array().unwrap().iter().map(|row| row["profit"].as_f64().unwrap()).sum();
        // Groups of evs leave out what else was bet on; here nothing else was.
        assert!((sum - profits).abs() < 1e-6, "{group}");
    }
    // 19 bets at 2.4, of which home won when home > away: worked from the rows themselves.
    let won = (1..20).filter(|day| day % 3 > (day / 2) % 3).count();
    assert_eq!((rows.len(), graded["all"]["bet_on"].as_u64()), (19, Some(19)));
    let expected = 140.0 * f64::from(u32::try_from(won).unwrap()) - 100.0 * f64::from(u32::try_from(19 - won).unwrap());
    assert!((profits - expected).abs() < 1e-6, "{profits} {expected}");
    // The close of 2, 3.6, 4.3: 1/2 + 1/3.6 + 1/4.3 = 1.0104 by power, a little under 0.5 for home.
    let closing = graded["all"]["closing_value"].as_f64().unwrap();
    assert!((0.17..0.2).contains(&closing), "{closing}");

    let html = text(&html);
    assert!(html.contains("<svg") && html.contains("By bookmaker") && html.ends_with("</html>\n"));
    let addresses = html.replace("http://www.w3.org/2000/svg", "");
    assert!(!addresses.contains("http") && !addresses.contains("<script") && !addresses.contains("src="));
    assert!(text(&log).contains("<Blues>") && !html.contains("<Blues>"));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn people_are_shown_tables_and_bad_options_are_refused() {
    let folder = folder("tables");
    let feed = folder.join("X1.csv").display().to_string();
    std::fs::write(folder.join("X1.csv"), season()).unwrap();
    let grade = |more: &[&str]| overround(&[&["replay", &feed, "--set", ANCHOR, "--grade"], more].concat());
    let shown = text(&grade(&["--accept", "cautious", "--stake", "kelly:0.25", "--horizons", "1,10"]).stdout);
    for part in ["answered after 2 s, 1 % tolerance", "by kind", "0.25 Kelly", "prudent Kelly", "greatest fall"] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
    for (bad, says) in [
        (["--stake", "all-in"], "flat:AMOUNT"),
        (["--stake", "kelly:2"], "a share from 0 to 1"),
        (["--rejected", "1.5"], "--rejected 1.5"),
        (["--horizons", "0"], "seconds from 0.000001"),
        (["--bankroll", "0"], "--bankroll 0"),
        (["--bet-profile", "nobody"], "no profile of that name"),
        (["--resamples", "100001"], "--resamples"),
        (["--bet-lead", "1e9"], "seconds from 0 to 32000000"),
    ] {
        let output = grade(&bad);
        assert_eq!(output.status.code(), Some(2), "{bad:?}");
        assert!(text(&output.stderr).contains(says), "{}", text(&output.stderr));
    }
    std::fs::remove_dir_all(folder).unwrap();
}

/// The laws on a lifelike evening, with delays, refusals, hedges and fixtures that the recording leaves open: the bet log, the report and the
/// bankroll are one sum; threads change nothing; grading changes no output.
#[test]
fn an_evening_adds_up_whatever_is_refused_hedged_or_left_open() {
    let folder = folder("evening");
    let path = |name: &str| folder.join(name).display().to_string();
    let (feed, bets, bare) = (path("evening.ndjson.zst"), path("bets.csv"), path("bare.ndjson"));
    let made = ["simulate", "--seed", "3", "--fixtures", "24", "--minutes", "240", "-o", &feed];
    assert!(overround(&made).status.success());
    let grade = |threads: &str| {
        let events = path(&format!("events-{threads}.ndjson"));
        let options = ["--accept", "cautious", "--rejected", "0.4", "--bet-kinds", "arbitrage,ev,middle,low_hold"];
        let output = ["--bets", &bets, "--summary", "json", "--events", &events, "--threads", threads];
        let output = overround(&[&["replay", &feed, "--grade"], &options[..], &output[..]].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
        let mut summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        summary["seconds"] = serde_json::Value::Null;
        (summary, std::fs::read(&bets).unwrap(), std::fs::read(&events).unwrap())
    };
    let (summary, log, events) = grade("1");
    assert!(grade("3") == (summary.clone(), log.clone(), events.clone()), "threads change nothing");
    assert!(overround(&["replay", &feed, "--summary", "none", "--events", &bare]).status.success());
    assert!(std::fs::read(&bare).unwrap() == events, "grading changes no output");

    let mut reader = csv::Reader::from_reader(log.as_slice());
    let headers = reader.headers().unwrap().clone();
    let place = |name: &str| headers.iter().position(|it| it == name).unwrap();
    let [profit, matched, result, hedge] = ["profit", "risk_matched", "result", "is_hedge"].map(place);
    let (mut gained, mut turnover, mut open, mut hedges) = (0.0, 0.0, 0.0, 0);
    for row in reader.records().map(Result::unwrap) {
        gained += row[profit].parse::<f64>().unwrap();
        let stake: f64 = row[matched].parse().unwrap();
        *(if &row[result] == "open" { &mut open } else { &mut turnover }) += stake;
        hedges += u64::from(&row[hedge] == "true");
    }
    let graded = &summary["grade"];
    let number = |value: &serde_json::Value| value.as_f64().unwrap();
    let is = |value: &serde_json::Value, expected: f64| {
        assert!((number(value) - expected).abs() < 1e-6, "{value} {expected}")
    };
    is(&graded["bankroll"]["end"], number(&graded["bankroll"]["start"]) + gained);
    is(&graded["bankroll"]["unsettled_stake"], open);
    assert_eq!(graded["bankroll"]["hedges"], hedges);
    assert!(hedges > 0 && open > 0.0 && turnover > 0.0, "the law is about something: {hedges} {open} {turnover}");
    is(&graded["all"]["profit"], gained);
    is(&graded["all"]["turnover"], turnover);
    for of in ["kind", "bookmaker", "sport", "market"] {
        let group = graded["by"].as_array().unwrap().iter().find(|group| group["of"] == of).unwrap();
        let sum = |key: &str| group["rows"].as_array().unwrap().iter().map(|row| number(&row[key])).sum::<f64>();
        assert!((sum("profit") - gained).abs() < 1e-6 && (sum("turnover") - turnover).abs() < 1e-6, "{of}");
    }
    is(&graded["stakes"][0]["profit"], gained);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_goes_to_standard_output_goes_there_alone() {
    let folder = folder("standard");
    let feed = folder.join("X1.csv").display().to_string();
    std::fs::write(folder.join("X1.csv"), season()).unwrap();
    for (option, begins) in [("--bets", "bet_id,"), ("--report", "<!doctype html>")] {
        let output = overround(&["replay", &feed, "--set", ANCHOR, option, "-"]);
        let (out, told) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success() && out.starts_with(begins) && told.contains("bankroll:"), "{option}\n{told}");
        assert!(!out.contains("records accepted") && !out.contains("bankroll:"), "{option}\n{out}");
        let json = overround(&["replay", &feed, "--set", ANCHOR, option, "-", "--summary", "json"]);
        assert_eq!(json.stdout, output.stdout);
        assert!(serde_json::from_slice::<serde_json::Value>(&json.stderr).unwrap()["grade"].is_object());
    }
    for pair in [["--bets", "--report"], ["--bets", "--events"], ["--report", "--rejects"]] {
        let output = overround(&["replay", &feed, "--grade", pair[0], "-", pair[1], "-"]);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{pair:?}");
        assert!(text(&output.stderr).contains("standard output (-) would be written twice"));
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn no_output_destroys_what_is_read_or_another_output_whatever_it_is_called() {
    let folder = folder("paths");
    let path = |name: &str| folder.join(name).display().to_string();
    std::fs::write(folder.join("X1.csv"), season()).unwrap();
    std::fs::write(folder.join("settings.toml"), "ev.min = 0.01\n").unwrap();
    std::fs::create_dir(folder.join("sub")).unwrap();
    let (feed, config) = (path("X1.csv"), path("settings.toml"));
    let mut refused = vec![
        (vec!["--bets", &config], "is read and would be overwritten"),
        (vec!["--report", &feed], "is read and would be overwritten"),
    ];
    let (new, same) = (path("new.csv"), path("sub/../new.csv"));
    refused.push((vec!["--bets", &new, "--report", &same], "is to be written twice"));
    #[cfg(unix)]
    let (hard, soft, dangling) = (path("hard.csv"), path("soft.toml"), path("dangling.csv"));
    #[cfg(unix)]
    {
        std::fs::hard_link(&feed, &hard).unwrap();
        std::os::unix::fs::symlink("settings.toml", &soft).unwrap();
        std::os::unix::fs::symlink("new.csv", &dangling).unwrap();
        refused.push((vec!["--bets", &hard], "is read and would be overwritten"));
        refused.push((vec!["--events", &soft], "is read and would be overwritten"));
        refused.push((vec!["--bets", &dangling, "--events", &new], "is to be written twice"));
    }
    for (options, says) in refused {
        let output = overround(&[&["replay", &feed, "--config", &config], &options[..]].concat());
        assert_eq!(output.status.code(), Some(2), "{options:?}");
        assert!(text(&output.stderr).contains(says), "{options:?} {}", text(&output.stderr));
        assert!(!folder.join("new.csv").exists(), "{options:?}");
    }
    assert_eq!(std::fs::read_to_string(&feed).unwrap(), season());
    assert_eq!(std::fs::read_to_string(&config).unwrap(), "ev.min = 0.01\n");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_report_is_there_whole_or_not_at_all() {
    let folder = folder("whole");
    let path = |name: &str| folder.join(name).display().to_string();
    std::fs::write(folder.join("X1.csv"), season()).unwrap();
    let (feed, bets, page, events) = (path("X1.csv"), path("bets.csv"), path("page.html"), path("events.ndjson"));
    // What cannot be written is found before anything is replayed.
    let output = overround(&["replay", &feed, "--bets", &path("missing/bets.csv"), "--events", &events]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("there is no such folder"), "{}", text(&output.stderr));
    assert!(!folder.join("events.ndjson").exists());
    // What stood there stays until there is something better.
    std::fs::write(&page, "an older page").unwrap();
    let output = overround(&["replay", &feed, "--report", &page, "--bets", &path("missing/bets.csv")]);
    assert_eq!((output.status.code(), std::fs::read_to_string(&page).unwrap().as_str()), (Some(1), "an older page"));
    let output = overround(&["replay", &feed, "--set", ANCHOR, "--report", &page, "--bets", &bets]);
    assert!(output.status.success() && std::fs::read_to_string(&page).unwrap().ends_with("</html>\n"));
    let mut left: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["X1.csv", "bets.csv", "page.html"], "nothing is left beside");
    // A device is written as it is.
    #[cfg(unix)]
    assert!(overround(&["replay", &feed, "--bets", "/dev/null", "--report", "/dev/null"]).status.success());
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn names_from_feeds_are_no_formulas_and_numbers_stay_numbers() {
    let folder = folder("formulas");
    let path = |name: &str| folder.join(name).display().to_string();
    let season = season().replace("X1,", "=2+3,").replace("Reds", "@Reds");
    std::fs::write(folder.join("X1.csv"), season).unwrap();
    let bets = path("bets.csv");
    let output = overround(&["replay", &path("X1.csv"), "--set", ANCHOR, "--bets", &bets, "--bet-kinds", "ev"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let mut reader = csv::Reader::from_path(&bets).unwrap();
    let headers = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let cell = |row: &csv::StringRecord, name: &str| row[headers.iter().position(|it| it == name).unwrap()].to_owned();
    assert_eq!(rows.len(), 19);
    for row in &rows {
        for column in ["fixture", "market_id", "league"] {
            assert!(cell(row, column).starts_with("'=2+3"), "{column} {row:?}");
        }
        assert!(cell(row, "market_note").starts_with("'@Reds"), "{row:?}");
        let is_formula = |cell: &&str| cell.starts_with(['=', '+', '-', '@']) && cell.parse::<f64>().is_err();
        assert_eq!(row.iter().find(is_formula), None);
    }
    assert!(rows.iter().any(|row| cell(row, "profit") == "-100"));
    std::fs::remove_dir_all(folder).unwrap();
}

/// An ev as told, and its true expected value then.
struct Known {
    confidence: f64,
    live: bool,
    class: EvClass,
    truth: f64,
}

/// The true chance that an ev wins; `None` of markets that the simulator is not asked about.
fn chance(simulator: &Simulator, catalog: &Catalog, told: &overround::Opportunity) -> Option<f64> {
    let Figures::Ev(ev) = &told.figures else { return None };
    let market = catalog.market(told.market)?;
    if market.period != "full_game" || market.participant.is_some() {
        return None;
    }
    let question = match market.shape {
        MarketShape::TwoWay | MarketShape::ThreeWay => Question::Winner,
        MarketShape::Spread => Question::MarginAbove(-market.line?),
        MarketShape::Total => Question::TotalAbove(market.line?),
        _ => return None,
    };
    let fixture = catalog.fixture(told.fixture)?;
    let p = *simulator.chances(&fixture.key, question)?.get(ev.outcome.index())?;
    Some(if ev.side == Side::Back { p } else { 1.0 - p })
}

/// Plays an evening; returns what is known of its evs by id and time, and the grades.
fn evening(seed: u64, method: &str) -> (BTreeMap<(u64, i64), Known>, Vec<Grade>) {
    let mut simulator = Simulator::new(Settings { seed, fixtures: 60, minutes: 300, bookmakers: 14 });
    let config = load(None, &[&format!("fair.method='{method}'"), "detect=['ev']"]).unwrap().config;
    let mut replay = Replay::graded(config, Looks::default()).unwrap();
    let mut known = BTreeMap::new();
    while let Some(record) = simulator.next_record() {
        let told = replay.apply_record(&record).unwrap().to_vec();
        for event in &told {
            let OpportunityEvent::Detected(told) = event else { continue };
            let (Figures::Ev(ev), Some(p)) = (&told.figures, chance(&simulator, replay.catalog(), told)) else {
                continue;
            };
            let truth = p * ev.net_price - 1.0;
            let entry = Known { confidence: ev.confidence, live: told.live, class: ev.class, truth };
            known.insert((told.id.0, told.ts.0), entry);
        }
    }
    replay.finish();
    (known, replay.finish_grades())
}

/// What the score is worth in a lifelike evening, whose bookmakers put margins on by a law of their own: the share of evs with a true edge,
/// and the true edge per edge claimed. Printed; the bounds are those that docs/backtesting.md states.
#[test]
fn confidence_in_a_lifelike_evening() {
    let mut rows: BTreeMap<(bool, &str, u32), (f64, f64, f64)> = BTreeMap::new();
    let mut plan = Plan::flat();
    plan.bankroll = 1_000_000_000;
    let mut held = 0;
    for seed in 0..3 {
        let (known, grades) = evening(seed, "power");
        for it in known.values() {
            let tenth = (7..10).filter(|&tenth| it.confidence >= f64::from(tenth) / 10.0).count();
            let row = rows.entry((it.live, it.class.name(), u32::try_from(tenth).unwrap())).or_default();
            *row = (row.0 + 1.0, row.1 + f64::from(u8::from(it.truth > 0.0)), row.2 + it.confidence);
        }
        let (mut tally, mut edge, mut turnover) = (Tally::new(5), 0.0, 0.0);
        let ledger = play(&grades, &plan);
        for position in &ledger.positions {
            let grade = &grades[position.grade];
            let Some(known) = known.get(&(grade.told.id.0, grade.told.ts.0)) else { continue };
            tally.add(grade);
            tally.add_position(grade, position);
            edge += known.truth;
            turnover += 1.0;
        }
        let interval = tally.yield_interval(1000, 1).unwrap();
        println!("seed {seed}: yield {:?} {interval:?}, true edge {:+.4}", tally.yield_on_turnover(), edge / turnover);
        held += u32::from(interval.contains(edge / turnover));
    }
    assert!(held >= 2, "the true edge lies outside its interval of 95 % too often");
    println!("in play, class, confidence: evs, mean confidence, share with a true edge");
    for (&(live, class, tenth), (n, good, confidence)) in &rows {
        let band = ["< 0.7", "0.7–0.8", "0.8–0.9", "0.9–1"][usize::try_from(tenth).unwrap()];
        println!("{live} {class} {band}: {n} {:.3} {:.3}", confidence / n, good / n);
    }
    let share = |in_play: bool, classes: &[&str], from: u32| {
        let of = rows
            .iter()
            .filter(|((live, class, tenth), _)| *live == in_play && classes.contains(class) && *tenth >= from);
        let (n, good, confidence) =
            of.fold((0.0, 0.0, 0.0), |sum, (_, row)| (sum.0 + row.0, sum.1 + row.1, sum.2 + row.2));
        (n, good / n, confidence / n)
    };
    let (n, all, confidence) = share(false, &["lagging", "leading", "steady"], 1);
    println!("before the start, from 0.7 on: {n}, mean confidence {confidence:.3}, with a true edge {all:.3}");
    assert!(n > 1000.0 && (all - confidence).abs() < 0.05, "before the start, from 0.7 on: {all} {confidence}");
    let (live_n, live, live_confidence) = share(true, &["lagging", "leading", "steady"], 1);
    println!("in play, from 0.7 on: {live_n}, mean confidence {live_confidence:.3}, with a true edge {live:.3}");
    assert!(live_n > 1000.0 && live < live_confidence - 0.2, "in play it is not calibrated, as the docs say: {live}");
    let (n, lagging, _) = share(false, &["lagging"], 1);
    assert!(n > 500.0 && lagging > 0.95, "what lags is right: {lagging}");
    let (n, leading, _) = share(false, &["leading"], 1);
    assert!(n > 300.0 && (0.6..0.9).contains(&leading), "what leads is less so than its score: {leading}");
}

/// Would catch: a recording that a shell opens for reading and the command for writing, or a log that is both standard output and an
/// output of its own.
#[cfg(unix)]
#[test]
fn files_behind_the_standard_streams_are_files_too() {
    let folder = folder("streams");
    let (feed, log) = (folder.join("feed.ndjson"), folder.join("log.txt"));
    let record =
        r#"{"type":"odds","ts":1,"fixture":"f","bookmaker":"a","market":"moneyline","outcome":"home","price":2.1}"#;
    std::fs::write(&feed, record).unwrap();
    std::fs::write(&log, "kept\n").unwrap();
    let replay = || {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_overround"));
        command.arg("replay");
        command
    };
    for output in ["--events", "--bets", "--report"] {
        let mut command = replay();
        command.args(["-", "--grade", output]).arg(&feed).stdin(std::fs::File::open(&feed).unwrap());
        assert_eq!(command.output().unwrap().status.code(), Some(2), "{output}");
        let appended = std::fs::OpenOptions::new().append(true).open(&log).unwrap();
        let mut command = replay();
        command.arg(&feed).args(["--grade", output, "/dev/stdout"]).stdout(appended);
        assert_eq!(command.status().unwrap().code(), Some(2), "{output} to standard output");
    }
    assert_eq!(std::fs::read_to_string(&feed).unwrap(), record);
    assert_eq!(std::fs::read_to_string(&log).unwrap(), "kept\n");
    std::fs::remove_dir_all(folder).unwrap();
}
