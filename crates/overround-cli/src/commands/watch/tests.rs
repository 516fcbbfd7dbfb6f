//! A watch without terminal and clock: what stands in its table at a moment is what is open then.

use super::state::{Filter, Order, Watch};
use super::view::draw;
use crate::args::{Arguments, Command, FeedArgs, WatchArgs};
use crate::commands::reasons::Playback;
use crate::style::Ink;
use clap::Parser;
use overround::{Config, OpportunityEvent, OpportunityId, Timestamp};
use overround_feed::{Feed, Replay};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::style::Modifier;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn recording() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../recordings/evening.ndjson.zst")
}

fn arguments(more: &[&str]) -> WatchArgs {
    let path = recording();
    let line = ["overround", "watch", path.to_str().unwrap()].into_iter().chain(more.iter().copied());
    match Arguments::try_parse_from(line).unwrap().command {
        Command::Watch(args) => args,
        other => panic!("{other:?}"),
    }
}

/// Runs a test on a watch of the shipped recording.
fn with_watch(more: &[&str], test: impl FnOnce(&mut Watch<'_>)) {
    let args = arguments(more);
    let playback = Playback::new(&args.feed).unwrap();
    let profile = playback.profile(args.profile.as_deref()).unwrap();
    let mut watch = Watch::new(&playback, Filter::new(&args.kinds, &args.filter, profile), args.speed).unwrap();
    test(&mut watch);
}

fn press(watch: &mut Watch<'_>, keys: &str) -> bool {
    keys.chars().any(|char| {
        let code = match char {
            '\n' => KeyCode::Enter,
            '\x1b' => KeyCode::Esc,
            '↓' => KeyCode::Down,
            '↑' => KeyCode::Up,
            '⇟' => KeyCode::PageDown,
            '⇞' => KeyCode::PageUp,
            char => KeyCode::Char(char),
        };
        watch.press(KeyEvent::new(code, KeyModifiers::NONE))
    })
}

fn ids(watch: &Watch<'_>) -> BTreeSet<OpportunityId> {
    watch.rows().iter().map(|row| row.opportunity.id).collect()
}

/// What is open at a moment, from the outputs summed up by other code.
fn open_at(moment: Timestamp) -> BTreeSet<OpportunityId> {
    let mut feed = Feed::open(&recording()).unwrap();
    let mut replay = Replay::new(Config::recorded()).unwrap();
    let mut told = Vec::new();
    while let Some(item) = feed.next_item().unwrap() {
        told.extend_from_slice(replay.apply(&item).unwrap());
    }
    told.extend_from_slice(replay.finish());
    let mut open = BTreeSet::new();
    for event in told.iter().filter(|event| event.ts() <= moment) {
        match event {
            OpportunityEvent::Expired(expired) => assert!(open.remove(&expired.id)),
            OpportunityEvent::Detected(it) | OpportunityEvent::Updated(it) => drop(open.insert(it.id)),
        }
    }
    open
}

/// Plays minute after minute, some of it as time passes and some of it at once.
fn play(watch: &mut Watch<'_>, minutes: u64) {
    watch.speed = 60.0;
    for _ in 0..minutes {
        watch.pass(Duration::from_millis(400)).unwrap();
        watch.pass(Duration::from_millis(600)).unwrap();
    }
}

#[test]
fn what_stands_in_the_table_is_what_is_open() {
    with_watch(&[], |watch| {
        let begin = watch.now.unwrap();
        for minutes in [5, 12, 3, 20] {
            let before = watch.now.unwrap();
            play(watch, minutes);
            let now = watch.now.unwrap();
            assert_eq!(now.since_us(before), i64::try_from(minutes).unwrap() * 60_000_000);
            assert_eq!(ids(watch), open_at(now), "{} s after the beginning", now.since_us(begin) / 1_000_000);
        }
        assert!(!ids(watch).is_empty());
        play(watch, 60);
        assert!(watch.is_over);
        assert_eq!(ids(watch), open_at(Timestamp::MAX));
    });
}

#[test]
fn time_stands_while_paused_and_runs_at_the_speed_that_was_chosen() {
    with_watch(&["--speed", "30"], |watch| {
        let begin = watch.now.unwrap();
        let passed = |watch: &Watch<'_>| watch.now.unwrap().since_us(begin);
        watch.pass(Duration::from_secs(2)).unwrap();
        assert_eq!(passed(watch), 60_000_000);
        press(watch, " ");
        watch.pass(Duration::from_secs(2)).unwrap();
        assert_eq!(passed(watch), 60_000_000);
        press(watch, " ++-");
        watch.pass(Duration::from_secs(2)).unwrap();
        assert_eq!(passed(watch), 180_000_000);
    });
}

#[test]
fn it_runs_on_until_something_that_is_shown_is_detected() {
    with_watch(&["--kind", "middle"], |watch| {
        press(watch, "n");
        for _ in 0..100 {
            watch.pass(Duration::ZERO).unwrap();
        }
        assert!(watch.is_paused && !watch.is_seeking && !watch.is_over);
        let rows = watch.rows();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].opportunity.kind().name(), "middle");
        assert_eq!(rows[0].opportunity.detected_ts, watch.now.unwrap());
    });
}

#[test]
fn filters_leave_rows_out_and_change_nothing_else() {
    with_watch(&[], |watch| {
        play(watch, 20);
        let all = ids(watch);
        press(watch, "124");
        assert!(watch.rows().iter().all(|row| row.opportunity.kind().name() == "ev"));
        press(watch, "124");
        assert_eq!(ids(watch), all);
        press(watch, "/KaLsHi\n");
        assert!(!watch.is_typing && ids(watch).len() < all.len() && !ids(watch).is_empty());
        assert!(watch.rows().iter().all(|row| row.bets.contains("kalshi")));
        // While a text is typed, keys are letters.
        press(watch, "/q1\x1b");
        assert_eq!(ids(watch), all);
        press(watch, "s");
        assert_eq!(watch.order, Order::Newest);
        let times: Vec<Timestamp> = watch.rows().iter().map(|row| row.opportunity.detected_ts).collect();
        assert!(times.is_sorted_by(|a, b| a >= b));
        assert!(!press(watch, "?h") && press(watch, "q"));
    });
}

#[test]
fn the_chosen_row_is_explained_until_it_ends_and_then_its_end() {
    with_watch(&["--kind", "arbitrage"], |watch| {
        press(watch, "n");
        for _ in 0..100 {
            watch.pass(Duration::ZERO).unwrap();
        }
        press(watch, "\n");
        let id = watch.rows()[0].opportunity.id.to_string();
        let why = watch.explanation().text;
        for part in [&*id, "profit", "Conditions", "Quotes of", "Columns of", "Rules of", "min_profit"] {
            assert!(why.contains(part), "{part}:\n{why}");
        }
        press(watch, " ");
        play(watch, 60);
        assert!(watch.is_over);
        let why = watch.explanation().text;
        assert!(why.contains(&id) && why.contains("no longer open") && why.contains("expired"), "{why}");
    });
}

fn frame(watch: &mut Watch<'_>, width: u16, height: u16) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(watch, frame)).unwrap();
    terminal.backend().buffer().clone()
}

fn lines(buffer: &Buffer) -> Vec<String> {
    let width = usize::from(buffer.area.width.max(1));
    let symbols: Vec<&str> = buffer.content().iter().map(|cell| cell.symbol()).collect();
    symbols.chunks(width).map(|line| line.concat().trim_end().to_owned()).collect()
}

#[test]
fn a_frame_of_any_size_can_be_drawn() {
    with_watch(&[], |watch| {
        play(watch, 9);
        for keys in ["", "↓↓\n", "⇟⇟⇟⇞", "?"] {
            press(watch, keys);
            for (width, height) in [(1, 1), (3, 2), (20, 5), (79, 24), (300, 100), (1, 50), (120, 3)] {
                let lines = lines(&frame(watch, width, height));
                assert_eq!(lines.len(), usize::from(height));
            }
        }
    });
}

#[test]
fn a_frame_shows_time_kinds_rows_and_reasons() {
    with_watch(&[], |watch| {
        play(watch, 20);
        press(watch, "↓↓\n");
        let text = lines(&frame(watch, 150, 40)).join("\n");
        let rows = watch.rows();
        for row in rows.iter().take(5) {
            let beginning: String = row.fixture.chars().take(20).collect();
            assert!(text.contains(&row.figure) && text.contains(&beginning), "{text}");
        }
        for part in ["evening.ndjson.zst", "UTC", "× 60", "1 arbitrage", "4 middle", "why", "Today", "q quit"] {
            assert!(text.contains(part), "{part}:\n{text}");
        }
    });
}

/// Names come from feeds; none of them may steer a terminal.
#[test]
fn control_characters_are_written_out() {
    let folder = std::env::temp_dir().join(format!("overround-watch-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("feed.ndjson");
    let line = |bookmaker: &str, outcome: &str, ts: u32| {
        format!(
            r#"{{"type":"odds","ts":{ts},"fixture":"a\u001b[2J\nb","bookmaker":"{bookmaker}","market":"moneyline","outcome":"{outcome}","price":2.2}}"#
        )
    };
    let feed = [line("x\\u0007", "home", 1), line("y", "away", 1), line("y", "away", 2)].join("\n");
    std::fs::write(&path, feed).unwrap();
    let Command::Watch(args) =
        Arguments::try_parse_from(["overround", "watch", path.to_str().unwrap()]).unwrap().command
    else {
        panic!("another command")
    };
    let feed: &FeedArgs = &args.feed;
    let playback = Playback::new(feed).unwrap();
    let mut watch = Watch::new(&playback, Filter::new(&[], "", None), 1.0).unwrap();
    watch.play_to(Timestamp(2)).unwrap();
    press(&mut watch, "\n");
    let buffer = frame(&mut watch, 120, 30);
    assert!(buffer.content().iter().all(|cell| !cell.symbol().contains(char::is_control)));
    assert!(lines(&buffer).join("\n").contains("a\\u{1b}[2J\\nb"));
    std::fs::remove_dir_all(&folder).unwrap();
}

/// The picture in the documentation is what is drawn. `OVERROUND_BLESS=1` writes it anew.
#[test]
fn the_picture_is_what_is_drawn() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/img/watch.svg");
    if !path.parent().is_some_and(Path::exists) {
        println!("SKIPPED: the documentation is not in a packaged crate");
        return;
    }
    with_watch(&[], |watch| {
        watch.ink = Ink::Coloured;
        // A moment, not at the noisy beginning, at which all four kinds are open.
        play(watch, 3);
        watch.speed = 1.0;
        let has_all = |watch: &Watch<'_>| overround::opportunity::Kind::ALL.iter().all(|&kind| watch.open_of(kind) > 0);
        while !has_all(watch) && !watch.is_over {
            watch.pass(Duration::from_secs(1)).unwrap();
        }
        watch.speed = 60.0;
        press(watch, "↓\n");
        let picture = svg(&frame(watch, 132, 36));
        if std::env::var_os("OVERROUND_BLESS").is_some() {
            std::fs::write(&path, &picture).unwrap();
        }
        assert!(
            std::fs::read_to_string(&path).is_ok_and(|shipped| shipped == picture),
            "docs/img/watch.svg is another"
        );
    });
}

/// A frame as a picture: a text for each run of one style.
fn svg(buffer: &Buffer) -> String {
    const CELL: (u16, u16) = (8, 18);
    let (width, height) = (buffer.area.width, buffer.area.height);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" font-family=\"monospace\" font-size=\"13\">\n<rect width=\"100%\" height=\"100%\" fill=\"#16181d\"/>\n",
        width * CELL.0 + 16,
        height * CELL.1 + 16
    );
    for y in 0..height {
        let mut x = 0;
        while x < width {
            let first = &buffer[(x, y)];
            let mut run = String::new();
            let start = x;
            while x < width && buffer[(x, y)].style() == first.style() {
                run.push_str(buffer[(x, y)].symbol());
                x += 1;
            }
            let is_reversed = first.modifier.contains(Modifier::REVERSED);
            let (left, top) = (8 + start * CELL.0, 8 + y * CELL.1);
            if is_reversed {
                let wide = (x - start) * CELL.0;
                let _ =
                    writeln!(svg, "<rect x=\"{left}\" y=\"{top}\" width=\"{wide}\" height=\"18\" fill=\"#d7dae0\"/>");
            }
            if run.trim().is_empty() {
                continue;
            }
            let colour = match (is_reversed, first.modifier.contains(Modifier::DIM), first.fg) {
                (true, ..) => "#16181d",
                (_, true, _) => "#7f848e",
                (.., ratatui::style::Color::Green) => "#98c379",
                (.., ratatui::style::Color::Cyan) => "#56b6c2",
                (.., ratatui::style::Color::Yellow) => "#e5c07b",
                (.., ratatui::style::Color::Magenta) => "#c678dd",
                _ => "#d7dae0",
            };
            let weight = if first.modifier.contains(Modifier::BOLD) { " font-weight=\"bold\"" } else { "" };
            let text = run.trim_end().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let length = u16::try_from(run.trim_end().chars().count()).unwrap_or(0) * CELL.0;
            let _ = writeln!(
                svg,
                "<text x=\"{left}\" y=\"{}\" fill=\"{colour}\"{weight} xml:space=\"preserve\" textLength=\"{length}\">{text}</text>",
                top + 14
            );
        }
    }
    svg.push_str("</svg>\n");
    svg
}
