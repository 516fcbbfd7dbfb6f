//! `explain` and `why-not`: figures equal those that were told, every cause is named with its numbers, and what is asked for and is not
//! there is answered by what is.

use super::{json, overround, text};
use serde_json::Value;
use std::collections::BTreeMap;

const RECORDING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../recordings/evening.ndjson.zst");

fn told() -> Vec<Value> {
    let output = overround(&["replay", RECORDING, "--summary", "none", "--events", "-"], b"");
    text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The last time an id was told as open, by kind; the `n`-th of each.
fn last_told(events: &[Value], n: usize) -> Vec<&Value> {
    let mut last: BTreeMap<&str, &Value> = BTreeMap::new();
    for event in events.iter().filter(|event| event["type"] != "expired") {
        last.insert(event["id"].as_str().unwrap(), event);
    }
    let mut by_kind: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    last.values().for_each(|event| by_kind.entry(event["kind"].as_str().unwrap()).or_default().push(event));
    by_kind.values().filter_map(|events| events.get(n).copied()).collect()
}

/// Would catch: an explanation of another moment, or of other figures, than what was told.
#[test]
fn an_explanation_has_the_figures_that_were_told() {
    let events = told();
    for n in [0, 7, 19] {
        let chosen = last_told(&events, n);
        assert!(n > 0 || chosen.len() == 4, "all four kinds occur");
        for event in chosen {
            let id = event["id"].as_str().unwrap();
            let answer = json(&overround(&["explain", RECORDING, "--id", id, "--json"], b""));
            let mut expected = event.clone();
            expected.as_object_mut().unwrap().remove("type");
            assert_eq!(answer["finding"]["told"], expected, "{id}");
            assert_eq!(answer["finding"]["today"], expected, "{id}: at the moment of telling both are the same");
            assert_eq!((&answer["now"], &answer["open"]), (&event["ts"], &Value::Bool(true)));
            assert!(answer["finding"]["conditions"].as_array().unwrap().iter().all(|it| it["holds"] == true));
            assert_eq!(answer["finding"]["verdict"]["last"], event["ts"]);

            let prose = text(&overround(&["explain", RECORDING, "--id", id], b"").stdout);
            for part in
                [id, "when it was last told as open", "Formulas", "Conditions", "holds", "Quotes of", "Columns of"]
            {
                assert!(prose.contains(part), "{id}: {part}\n{prose}");
            }
            assert!(!prose.contains("NaN") && !prose.contains('?'), "{prose}");
        }
    }
}

/// Would catch: a market's findings that disagree with the view at the end of the feed.
#[test]
fn what_is_open_at_the_end_is_told_by_its_market() {
    let mut open: BTreeMap<String, Value> = BTreeMap::new();
    for event in told() {
        let id = event["id"].as_str().unwrap().to_owned();
        if event["type"] == "expired" {
            open.remove(&id)
        } else {
            open.insert(id, event)
        };
    }
    assert!(open.len() > 10);
    let mut kinds = BTreeMap::new();
    for (id, event) in &open {
        if *kinds.entry(event["kind"].as_str().unwrap()).and_modify(|n| *n += 1).or_insert(1) > 2 {
            continue;
        }
        let (fixture, market) = (event["fixture"].as_str().unwrap(), event["market"].as_str().unwrap());
        let answer = json(&overround(&["why-not", RECORDING, "--fixture", fixture, "--market", market, "--json"], b""));
        let findings = answer["findings"].as_array().unwrap();
        for finding in findings {
            let is_open = finding["id"].as_str().is_some_and(|id| open.contains_key(id));
            assert_eq!(finding["verdict"]["is"] == "told", is_open, "{finding}");
        }
        assert!(findings.iter().any(|finding| finding["id"] == id.as_str()), "{id}");
    }
}

#[test]
fn what_is_gone_is_explained_by_what_is_in_its_way() {
    let events = told();
    let expired = events.iter().find(|event| event["type"] == "expired" && event["reason"] == "removed").unwrap();
    let (id, at) = (expired["id"].as_str().unwrap(), expired["ts"].to_string());
    let prose = text(&overround(&["explain", RECORDING, "--id", id, "--at", &at], b"").stdout);
    assert!(prose.contains("not open; not told") && prose.contains("expired: removed"), "{prose}");
    let answer = json(&overround(&["explain", RECORDING, "--id", id, "--at", &at, "--json"], b""));
    assert_eq!((&answer["open"], &answer["finding"]["verdict"]["is"]), (&Value::Bool(false), &"missed".into()));
    // One microsecond earlier it stood.
    let before = (expired["ts"].as_i64().unwrap() - 1).to_string();
    let answer = json(&overround(&["explain", RECORDING, "--id", id, "--at", &before, "--json"], b""));
    assert_eq!((&answer["open"], answer["now"].to_string()), (&Value::Bool(true), before));
}

/// What the README shows works on the recording that it names.
#[test]
fn the_examples_of_the_readme_answer() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let readme = std::fs::read_to_string(format!("{root}/README.md")).unwrap();
    let examples =
        readme.lines().filter_map(|line| line.split_once("overround-cli -- ")).map(|(_, arguments)| arguments);
    let mut count = 0;
    for example in examples.filter(|example| example.starts_with("explain") || example.starts_with("why-not")) {
        let arguments: Vec<String> = example
            .split_whitespace()
            .map(|word| word.replace("recordings/", &format!("{root}/recordings/")))
            .collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let output = overround(&arguments, b"");
        assert!(output.status.success(), "{example}: {}", text(&output.stderr));
        assert!(text(&output.stdout).contains("told"), "{example}");
        count += 1;
    }
    assert_eq!(count, 2);
}

const FIXTURE: &str =
    r#"{"type":"fixture","ts":1,"fixture":"f","sport":"curling","start":1000000000,"home":"H","away":"A"}"#;

fn quote(ts: i64, bookmaker: &str, outcome: &str, price: f64) -> String {
    format!(
        r#"{{"type":"odds","ts":{ts},"fixture":"f","bookmaker":"{bookmaker}","market":"moneyline","outcome":"{outcome}","price":{price}}}"#
    )
}

fn total(ts: i64, bookmaker: &str, outcome: &str, line: f64, price: f64) -> String {
    format!(
        r#"{{"type":"odds","ts":{ts},"fixture":"f","bookmaker":"{bookmaker}","market":"total","line":{line},"outcome":"{outcome}","price":{price}}}"#
    )
}

/// Both sides at `a`, at 2.0 and 1.9.
fn two() -> Vec<String> {
    vec![FIXTURE.into(), quote(1, "a", "home", 2.0), quote(1, "a", "away", 1.9)]
}

fn with(mut feed: Vec<String>, more: &[String]) -> Vec<String> {
    feed.extend_from_slice(more);
    feed
}

/// `pinnacle` at even prices, and `a` at 2.1 on home.
fn judged() -> Vec<String> {
    let prices = [quote(1, "pinnacle", "home", 1.95), quote(1, "pinnacle", "away", 1.95), quote(1, "a", "home", 2.1)];
    with(vec![FIXTURE.into()], &prices)
}

/// Totals 2.5 and 3.5 at two bookmakers, over at 2.5 and under at 3.5 so far apart as `price` makes them.
fn lines(price: f64) -> Vec<String> {
    let prices = [total(1, "a", "over", 2.5, price), total(1, "b", "under", 3.5, price)];
    with(vec![FIXTURE.into()], &prices)
}

struct Case<'a> {
    what: &'a str,
    feed: Vec<String>,
    arguments: &'a [&'a str],
    says: &'a [&'a str],
}

fn check(cases: &[Case<'_>]) {
    for case in cases {
        let mut arguments = vec!["why-not", "-", "--fixture", "f"];
        if !case.arguments.contains(&"--market") {
            arguments.extend(["--market", "moneyline"]);
        }
        arguments.extend(case.arguments);
        let output = overround(&arguments, case.feed.join("\n").as_bytes());
        let prose = text(&output.stdout);
        assert!(output.status.success(), "{}: {}", case.what, text(&output.stderr));
        for part in case.says {
            assert!(prose.contains(part), "{}: says nothing of: {part}\n{prose}", case.what);
        }
    }
}

#[test]
fn why_a_price_cannot_be_used() {
    let of = |what: &str| format!(r#"{{"type":"{what}","ts":5,"fixture":"f","bookmaker":"a","outcome":"home"}}"#);
    let ev = &["--kind", "ev", "--bookmaker", "a", "--outcome", "home"][..];
    let commission = "commission={a={base=\"gross\",rate=0.6}}";
    check(&[
        Case {
            what: "removed",
            feed: with(two(), &[of("removed")]),
            arguments: ev,
            says: &["no quote: removed, or never given"],
        },
        Case {
            what: "suspended",
            feed: with(two(), &[of("suspended")]),
            arguments: ev,
            says: &["suspended: last moved 1970-01-01T00:00:00.000005Z (5)"],
        },
        Case {
            what: "stale",
            feed: two(),
            arguments: &["--kind", "ev", "--at", "10000000", "--set", "freshness.max_age_prematch_ms=5000"],
            says: &["too old: age 9.9 s over the limit of 5.0 s", "quotes count up to an age of 5.0 s"],
        },
        Case {
            what: "started",
            feed: two(),
            arguments: &["--kind", "arbitrage", "--at", "2000000000"],
            says: &["nobody has a usable price for home", "a: it has not moved since the start", "in play"],
        },
        Case {
            what: "barrier",
            feed: with(two(), &[r#"{"type":"barrier","ts":5,"fixture":"f","cause":"score"}"#.into()]),
            arguments: ev,
            says: &["it has not moved since the barrier: last moved 1970-01-01T00:00:00.000001Z (1)"],
        },
        Case {
            what: "source",
            feed: with(two(), &[r#"{"type":"source","ts":5,"bookmaker":"a","stale":true}"#.into()]),
            arguments: ev,
            says: &["its source is offline or stale"],
        },
        Case {
            what: "gap",
            feed: with(two(), &[r#"{"type":"gap","ts":5,"bookmaker":"a"}"#.into()]),
            arguments: ev,
            says: &["awaits a snapshot"],
        },
        Case {
            what: "not listed",
            feed: two(),
            arguments: &["--kind", "ev", "--set", "profile=[{name=\"mine\",bookmakers=[\"b\"]}]"],
            says: &["the profile's list of bookmakers does not have it", "profile \"mine\""],
        },
        Case {
            what: "excluded",
            feed: two(),
            arguments: &["--set", "legs.exclude=[\"a\"]"],
            says: &["never a leg (legs.exclude)"],
        },
        Case {
            what: "no net price",
            feed: two(),
            arguments: &["--set", commission],
            says: &["after commission there is no price"],
        },
        Case {
            what: "commission",
            feed: two(),
            arguments: &["--set", "commission={a={base=\"winnings\",rate=0.05}}"],
            says: &["1 + (2 − 1)·(1 − 0.05) = 1.95"],
        },
        Case {
            what: "degraded",
            feed: with(two(), &[r#"{"type":"source","ts":5,"bookmaker":"a","role":"degraded"}"#.into()]),
            arguments: &["--kind", "arbitrage", "--set", "arbitrage.degraded=\"drop\""],
            says: &["its source is degraded, and arbitrage.degraded = \"drop\""],
        },
    ]);
}

#[test]
fn why_figures_do_not_do() {
    let anchor_only = &["--kind", "ev", "--bookmaker", "a", "--set", "fair.mode=\"anchor\""][..];
    let sided = |price| with(two(), &[quote(2, "b", "away", price)]);
    let outright = |outcome: &str, price: f64| {
        format!(
            r#"{{"type":"odds","ts":1,"fixture":"f","bookmaker":"a","market":"winner","outcome":"{outcome}","price":{price}}}"#
        )
    };
    let four = [
        r#"{"type":"market","ts":1,"fixture":"f","market":"winner","outcomes":["w","x","y","z"]}"#.to_owned(),
        outright("w", 4.0),
        outright("x", 4.0),
        outright("y", 4.0),
        outright("z", 4.0),
    ];
    check(&[
        Case {
            what: "booksum",
            feed: two(),
            arguments: &["--kind", "arbitrage"],
            says: &[
                "S·(1 + arbitrage.min_profit) ≤ 1: 1.031447 > 1, fails by 0.031447",
                "profit -2.564 %",
                "home 2 @ a, away 1.9 @ a",
            ],
        },
        Case {
            what: "exactly at the threshold",
            feed: sided(2.01),
            arguments: &["--kind", "arbitrage", "--set", "arbitrage.min_profit=0.0024937657"],
            says: &["fails by 0.000000000", " > 1, "],
        },
        Case {
            what: "hold",
            feed: two(),
            arguments: &["--kind", "low_hold"],
            says: &["1 − 1/S ≤ low_hold.max_hold: 0.025641 > 0.02, fails by 0.005641"],
        },
        Case {
            what: "low hold is an arbitrage",
            feed: sided(2.2),
            arguments: &["--kind", "low_hold"],
            says: &["an arbitrage by the figures, profit 4.762 %"],
        },
        Case {
            what: "told",
            feed: sided(2.2),
            arguments: &["--kind", "arbitrage"],
            says: &["told since 1970-01-01T00:00:00.000002Z (2)", "profit 4.762 %", "id "],
        },
        Case {
            what: "least profit",
            feed: two(),
            arguments: &["--kind", "arbitrage", "--set", "arbitrage.min_profit=-0.1"],
            says: &["profit_min ≥ 0: -0.025641 < 0, fails by 0.025641"],
        },
        Case {
            what: "ev",
            feed: judged(),
            arguments: &["--kind", "ev", "--bookmaker", "a", "--set", "ev.min=0.06"],
            says: &["p·d ≥ 1 + ev.min: 1.05 < 1.06, fails by 0.01", "p = 0.5, d = 2.1, ev 5 %"],
        },
        Case {
            what: "cap",
            feed: judged(),
            arguments: &["--kind", "ev", "--set", "ev.max=0.04"],
            says: &["beyond its cap: ev ≤ ev.max: 0.05 > 0.04"],
        },
        Case {
            what: "awaiting",
            feed: judged(),
            arguments: &["--kind", "ev", "--set", "lifecycle.confirm_after_ms=5000"],
            says: &[
                "not told yet: it stands since 1970-01-01T00:00:00.000001Z (1)",
                "at 1970-01-01T00:00:05.000001Z (5000001)",
            ],
        },
        Case {
            what: "not detected",
            feed: judged(),
            arguments: &["--set", "detect=[\"arbitrage\"]", "--kind", "ev"],
            says: &["does not detect this kind"],
        },
        Case {
            what: "too few",
            feed: two(),
            arguments: &["--kind", "ev"],
            says: &[
                "too few take part in the consensus: 0, where fair.min_books asks for 3",
                "step consensus: a: is the one judged",
            ],
        },
        Case {
            what: "no anchor",
            feed: two(),
            arguments: anchor_only,
            says: &["no anchor takes part, and fair.mode is \"anchor\""],
        },
        Case {
            what: "anchor judged",
            feed: judged(),
            arguments: &["--kind", "ev", "--bookmaker", "pinnacle"],
            says: &["an anchor is never judged by a consensus"],
        },
        Case {
            what: "left out",
            feed: with(
                judged(),
                &[
                    quote(1, "c", "home", 1.2),
                    quote(1, "c", "away", 1.2),
                    quote(1, "d", "home", 2.2),
                    quote(1, "d", "away", 2.2),
                ],
            ),
            arguments: &["--kind", "ev", "--set", "fair.mode=\"consensus\"", "--set", "fair.weights={a=0}"],
            says: &[
                "incomplete: no counting price for away",
                "booksum 0.9091 below fair.reference_booksum_min 0.98",
                "margin per outcome 0.3333 above fair.reference_margin_max 0.1",
                "a: weight 0",
            ],
        },
        Case {
            what: "outcomes",
            feed: with(vec![FIXTURE.into()], &four),
            arguments: &["--market", "winner", "--kind", "low_hold"],
            says: &["a market of 4 outcomes has no low hold"],
        },
    ]);
}

#[test]
fn why_there_is_no_middle() {
    let middle = |set: &'static str| ["--market", "total", "--kind", "middle", "--set", set];
    let plain = middle("middle.min_ev=0");
    let ladder: Vec<String> = ["a", "b", "c", "d"]
        .into_iter()
        .flat_map(|who| {
            [(2.5, "over", 1.95), (2.5, "under", 1.9), (3.5, "over", 2.0), (3.5, "under", 1.86)]
                .map(|(line, outcome, price)| total(1, who, outcome, line, price))
        })
        .collect();
    check(&[
        Case {
            what: "no line",
            feed: two(),
            arguments: &["--kind", "middle"],
            says: &["a market without a line has no middles"],
        },
        Case {
            what: "single line",
            feed: with(vec![FIXTURE.into()], &[total(1, "a", "over", 2.5, 2.0)]),
            arguments: &plain,
            says: &["no other line of this market is known"],
        },
        Case {
            what: "no price",
            feed: with(lines(2.0), &[r#"{"type":"removed","ts":3,"fixture":"f","bookmaker":"b"}"#.into()]),
            arguments: &plain,
            says: &["nobody has a usable price for under 3.5"],
        },
        Case {
            what: "size",
            feed: lines(2.0),
            arguments: &middle("middle.min_size=1.5"),
            says: &["b − a ≥ middle.min_size: 1 < 1.5, fails by 0.5"],
        },
        Case {
            what: "greatest size",
            feed: lines(2.0),
            arguments: &middle("middle.max_size=0.5"),
            says: &["b − a ≤ middle.max_size: 1 > 0.5"],
        },
        Case {
            what: "numbers",
            feed: lines(2.0),
            arguments: &middle("middle.min_numbers=2"),
            says: &["count of numbers ≥ middle.min_numbers: 1 < 2"],
        },
        Case {
            what: "loss",
            feed: lines(1.8),
            arguments: &plain,
            says: &["−worst ≤ middle.max_loss: 0.1 > 0.05, fails by 0.05"],
        },
        Case {
            what: "unknown ev",
            feed: lines(1.95),
            arguments: &plain,
            says: &[
                "its expected payoff is unknown",
                "too few reference bookmakers take part on both lines",
                "no model of results for this sport",
            ],
        },
        Case {
            what: "it cannot lose",
            feed: lines(2.0),
            arguments: &plain,
            says: &["told since", "over 2.5 and under 3.5"],
        },
        Case {
            what: "ev",
            feed: with(vec![FIXTURE.into()], &ladder),
            arguments: &middle("middle.min_ev=0.2"),
            says: &["ev ≥ middle.min_ev: ", " < 0.2, fails by ", "P(numbers) "],
        },
    ]);
}

#[test]
fn names_that_are_not_there_are_answered_by_what_is() {
    let feed = with(two(), &[total(1, "a", "over", 2.5, 2.0), total(1, "a", "under", 3.5, 2.0)]).join("\n");
    let why = |rest: &[&str]| overround(&[&["why-not", "-"], rest].concat(), feed.as_bytes());
    for (arguments, says) in [
        (&["--fixture", "g", "--market", "total"][..], "no fixture \"g\" in the feed up to that moment; there is f"),
        (&["--fixture", "f", "--market", "totals"], "there is total full_game, moneyline full_game"),
        (
            &["--fixture", "f", "--market", "total", "--period", "first_half"],
            "there is total full_game, moneyline full_game",
        ),
        (&["--fixture", "f", "--market", "total", "--line", "4.5"], "there is 2.5, 3.5"),
        (&["--fixture", "f", "--market", "total", "--line", "0.0001"], "multiples of 0.001"),
        (&["--fixture", "f", "--market", "total", "--outcome", "home"], "there is over, under"),
        (&["--fixture", "f", "--market", "total", "--bookmaker", "b"], "there is a"),
        (&["--fixture", "f", "--market", "total", "--profile", "mine"], "there is default"),
        (&["--fixture", "f", "--market", "total", "--at", "soon"], "--at soon"),
    ] {
        let output = why(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains(says), "{arguments:?}: {}", text(&output.stderr));
    }
    let over = format!("{feed}\n{}", r#"{"type":"ended","ts":9,"fixture":"f"}"#);
    let output = overround(&["why-not", "-", "--fixture", "f", "--market", "total"], over.as_bytes());
    assert!(output.status.code() == Some(2) && text(&output.stderr).contains("is over at that moment"));
    assert!(
        overround(&["why-not", "-", "--fixture", "f", "--market", "total", "--at", "8"], over.as_bytes())
            .status
            .success()
    );

    assert_eq!(overround(&["explain", "no-such-file", "--id", "0000000000000000"], b"").status.code(), Some(1));
    let output = overround(&["explain", "-", "--id", "0000000000000000"], feed.as_bytes());
    assert!(output.status.code() == Some(2) && text(&output.stderr).contains("told were "), "{}", text(&output.stderr));
    let output = overround(&["explain", "-", "--id", "xyz"], feed.as_bytes());
    assert!(output.status.code() == Some(2) && text(&output.stderr).contains("16 hexadecimal digits"));
}

/// Standard input is read once and played twice; several feeds are merged; a profile's own view is the one explained.
#[test]
fn feeds_and_profiles() {
    let feed = with(two(), &[quote(2, "b", "away", 2.2)]).join("\n");
    let events = text(&overround(&["replay", "-", "--summary", "none", "--events", "-"], feed.as_bytes()).stdout);
    let event: Value = serde_json::from_str(events.lines().next().unwrap()).unwrap();
    let id = event["id"].as_str().unwrap();
    let prose = text(&overround(&["explain", "-", "--id", id], feed.as_bytes()).stdout);
    assert!(prose.contains("profit = 1/S − 1 = 4.762 %") && prose.contains("S = 1/2 + 1/2.2 = 0.954545"), "{prose}");

    let folder = std::env::temp_dir().join(format!("overround-reasons-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (first, second) = (folder.join("a.ndjson"), folder.join("b.ndjson"));
    std::fs::write(&first, two().join("\n")).unwrap();
    std::fs::write(&second, quote(2, "b", "away", 2.2)).unwrap();
    let merged = ["explain", second.to_str().unwrap(), first.to_str().unwrap(), "--id", id];
    assert_eq!(text(&overround(&merged, b"").stdout), prose);
    std::fs::remove_dir_all(&folder).unwrap();

    let profiles = "profile=[{name=\"mine\",bookmakers=[\"a\"]},{name=\"all\"}]";
    let answer =
        |more: &[&str]| overround(&[&["explain", "-", "--id", id, "--set", profiles], more].concat(), feed.as_bytes());
    assert!(text(&answer(&[]).stdout).contains("profile \"all\""));
    assert_eq!(answer(&["--profile", "mine"]).status.code(), Some(2));
    assert!(text(&answer(&["--profile", "all", "--at", "2"]).stdout).contains("as asked for"));
}
