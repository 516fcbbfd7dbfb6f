//! Draws `benches/img/*.svg`: nanoseconds per odds event against markets and against bookmakers, with the touch limit.
//!
//! `cargo run --release -p overround-benches --example plots` measures, writes `benches/img/figures.csv` and draws; with the argument `draw`
//! it draws from that file.

#![allow(clippy::print_stdout, reason = "it is what an example is for")]

use overround_benches::delta::{self, Deltas};
use overround_benches::measure::{ns_each, quartiles};
use overround_benches::play::{Player, Slices};
use overround_benches::touch::Touch;
use overround_benches::{By, Spec, config};
use overround_math::devig::Method;
use plotters::prelude::*;
use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};

type Res<T> = Result<T, Box<dyn Error>>;

const EVENTS: u32 = 200_000;
const SLICE: usize = 50_000;
const ROUNDS: usize = 12;

const MARKETS: [u32; 7] = [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000];
const BOOKMAKERS: [u32; 7] = [4, 8, 12, 20, 32, 44, 60];

/// What is drawn, in the order of the columns.
const LINES: [(&str, RGBColor); 5] = [
    ("touch", RGBColor(150, 150, 150)),
    ("by anchor, batches of 1,000", RGBColor(0, 114, 178)),
    ("by anchor, one by one", RGBColor(86, 180, 233)),
    ("by consensus, batches of 1,000", RGBColor(213, 94, 0)),
    ("parsing a delta with sonic-rs", RGBColor(0, 158, 115)),
];

/// A size and the nanoseconds of each line.
type Row = (u32, [f64; LINES.len()]);

struct Picture {
    file: &'static str,
    title: &'static str,
    axis: &'static str,
    rows: Vec<Row>,
}

fn main() -> Res<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("img");
    fs::create_dir_all(&folder)?;
    let file = folder.join("figures.csv");
    if std::env::args().nth(1).is_none_or(|argument| argument != "draw") {
        fs::write(&file, measured())?;
    }
    let text = fs::read_to_string(&file)?;
    for picture in [
        Picture {
            file: "markets.svg",
            title: "An odds event that changes a price, 12 bookmakers",
            axis: "two-way markets",
            rows: rows(&text, "markets")?,
        },
        Picture {
            file: "bookmakers.svg",
            title: "An odds event that changes a price, 10,000 markets",
            axis: "bookmakers",
            rows: rows(&text, "bookmakers")?,
        },
    ] {
        draw(&folder.join(picture.file), &picture)?;
    }
    Ok(())
}

fn measured() -> String {
    let mut text = String::from("against,size");
    LINES.iter().for_each(|(name, _)| text += &format!(",\"{name}\""));
    text.push('\n');
    let sizes = MARKETS.map(|markets| ("markets", markets, Spec::two_way(markets, EVENTS)));
    let books =
        BOOKMAKERS.map(|bookmakers| ("bookmakers", bookmakers, Spec { bookmakers, ..Spec::two_way(10_000, EVENTS) }));
    for (against, size, spec) in sizes.into_iter().chain(books) {
        let times = times(&spec);
        println!("{against} {size}: {times:.0?}");
        text += &format!("{against},{size}");
        times.iter().for_each(|ns| text += &format!(",{ns:.1}"));
        text.push('\n');
    }
    text
}

/// Medians of rounds in which all lines take turns, one engine at a time in memory.
fn times(spec: &Spec) -> [f64; LINES.len()] {
    let events = spec.moves();
    let mut touch = Touch::of(spec);
    let mut anchor = Player::open(spec, config(Method::Power));
    let deltas = Deltas::of(&events);
    let [mut slices, mut touched] = [0; 2].map(|_| Slices::new(&events, SLICE));
    let mut all: [Vec<f64>; LINES.len()] = Default::default();
    touch.all(&events);
    for _ in 0..ROUNDS {
        let (at, slice) = touched.next_slice();
        all[0].push(ns_each(SLICE, || touch.all(black_box(slice))));
        let slice = slices.next_slice().1;
        all[1].push(ns_each(SLICE, || anchor.batches(slice, 1_000)));
        let slice = slices.next_slice().1;
        all[2].push(ns_each(SLICE, || anchor.singles(slice)));
        all[4].push(ns_each(SLICE, || {
            for text in deltas.texts(at, at + SLICE) {
                black_box(delta::parse(black_box(text)));
            }
        }));
    }
    drop((touch, anchor));
    let mut consensus = Player::open(&Spec { by: By::Consensus, ..*spec }, config(Method::Power));
    let mut slices = Slices::new(&events, SLICE);
    for _ in 0..ROUNDS {
        let slice = slices.next_slice().1;
        all[3].push(ns_each(SLICE, || consensus.batches(slice, 1_000)));
    }
    all.map(|mut times| quartiles(&mut times)[1])
}

fn rows(text: &str, against: &str) -> Res<Vec<Row>> {
    let mut rows = Vec::new();
    for line in text.lines().filter(|line| line.split(',').next() == Some(against)) {
        let mut cells = line.split(',').skip(1);
        let size = cells.next().ok_or("a size")?.parse()?;
        let mut times = [0.0; LINES.len()];
        for time in &mut times {
            *time = cells.next().ok_or("a time per line")?.parse()?;
        }
        rows.push((size, times));
    }
    Ok(rows)
}

fn draw(path: &PathBuf, picture: &Picture) -> Res<()> {
    let area = SVGBackend::new(path, (960, 560)).into_drawing_area();
    area.fill(&WHITE)?;
    let sizes = || picture.rows.iter().map(|(size, _)| f64::from(*size));
    let times = || picture.rows.iter().flat_map(|(_, times)| *times);
    let (low, high) = (sizes().fold(f64::MAX, f64::min), sizes().fold(1.0, f64::max));
    let (least, most) = (times().fold(f64::MAX, f64::min), times().fold(1.0, f64::max));
    let mut chart = ChartBuilder::on(&area)
        .caption(picture.title, ("sans-serif", 22))
        .margin(16)
        .x_label_area_size(44)
        .y_label_area_size(64)
        .build_cartesian_2d((low..high).log_scale(), (least * 0.8..most * 1.25).log_scale())?;
    let whole = |x: &f64| format!("{x:.0}");
    chart
        .configure_mesh()
        .x_desc(picture.axis)
        .y_desc("ns per odds event")
        .x_label_formatter(&whole)
        .y_label_formatter(&whole)
        .light_line_style(RGBColor(240, 240, 240))
        .label_style(("sans-serif", 14))
        .draw()?;
    for (line, &(name, colour)) in LINES.iter().enumerate() {
        let width = if line == 0 { 4 } else { 2 };
        let points = picture.rows.iter().map(|(size, times)| (f64::from(*size), times[line]));
        chart
            .draw_series(LineSeries::new(points, colour.stroke_width(width)).point_size(3))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 24, y)], colour.stroke_width(width)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.85))
        .border_style(RGBColor(200, 200, 200))
        .label_font(("sans-serif", 14))
        .legend_area_size(34)
        .draw()?;
    area.present()?;
    Ok(())
}
