//! Thresholds × methods × recordings: which way to remove margins, and from which expected value on, would have paid?
//!
//! ```text
//! cargo run --release -p overround-examples --bin sweep -- season/E0.csv season/E1.csv.gz
//! cargo run --release -p overround-examples --bin sweep -- --methods power,shin --thresholds 0.01,0.03 --threads 4 \
//!     --set 'fair.anchors=[{bookmaker="ps",weight=1.0}]' --lead 600 --plot sweep.svg season/*.csv
//! ```
//!
//! Each recording is replayed and graded once for each method and threshold, on all threads; what comes out is the same for any number of
//! them. Flat stakes on every +EV the first time that it is told; `--lead` leaves out what is told later than so many seconds before the
//! start. Printed for each method and threshold, all recordings together: bets, yield and closing-line value with intervals of 95 % by the
//! bootstrap over fixtures, what was claimed, and how many bets won against how many were expected to.
//!
//! The more combinations are tried, the better the best of them looks by chance alone: twenty independent ones without any edge have one
//! beyond its interval on average. Choose on one season, judge on another.

use comfy_table::{CellAlignment, Table, TableComponent, presets};
use overround::grade::betting::{Plan, play};
use overround::grade::{Interval, Settings, Tally};
use overround::opportunity::{Kind, Kinds};
use overround_feed::config::load;
use overround_feed::{Feed, Replay};
use overround_math::devig::Method;
use plotters::prelude::*;
use rayon::prelude::*;
use std::error::Error;
use std::fs;
use std::io::Cursor;
use std::process::ExitCode;

const USAGE: &str = "usage: sweep [--methods M,…] [--thresholds X,…] [--threads N] [--lead SECONDS] [--set KEY=VALUE]… [--plot FILE.svg] FEED…";

const METHODS: [Method; 5] = [Method::Multiplicative, Method::Additive, Method::Power, Method::Shin, Method::OddsRatio];
const THRESHOLDS: [f64; 5] = [0.0, 0.01, 0.02, 0.03, 0.05];

fn main() -> ExitCode {
    let sweep = match Sweep::parse(std::env::args().skip(1)) {
        Ok(sweep) => sweep,
        Err(problem) => {
            eprintln!("{problem}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match sweep.run().and_then(|cells| sweep.show(&cells)) {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// What is tried.
#[derive(Debug, Default)]
struct Sweep {
    methods: Vec<Method>,
    thresholds: Vec<f64>,
    threads: usize,
    lead_us: Option<i64>,
    assignments: Vec<String>,
    plot: Option<String>,
    feeds: Vec<String>,
}

/// One method and threshold, over all recordings.
#[derive(Clone, Debug, PartialEq)]
struct Cell {
    method: Method,
    threshold: f64,
    tally: Tally,
}

impl Sweep {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let mut sweep = Self { methods: METHODS.to_vec(), thresholds: THRESHOLDS.to_vec(), ..Self::default() };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{argument}: a value is missing"));
            match argument.as_str() {
                "--methods" => {
                    let find = |name: &str| Method::ALL.into_iter().find(|method| method.name() == name);
                    let named = value()?;
                    let methods = named.split(',').map(|name| find(name).ok_or_else(|| format!("no method {name}")));
                    sweep.methods = methods.collect::<Result<_, _>>()?;
                }
                "--thresholds" => sweep.thresholds = value()?.split(',').map(str::parse).collect::<Result<_, _>>()?,
                "--threads" => sweep.threads = value()?.parse()?,
                "--lead" => sweep.lead_us = Some(value()?.parse::<i64>()?.saturating_mul(1_000_000)),
                "--set" => sweep.assignments.push(value()?),
                "--plot" => sweep.plot = Some(value()?),
                other if other.starts_with('-') => return Err(format!("{other}: not known").into()),
                _ => sweep.feeds.push(argument),
            }
        }
        if sweep.feeds.is_empty() { Err("no recording is named".into()) } else { Ok(sweep) }
    }

    /// All combinations, in the order of methods, then thresholds.
    fn run(&self) -> Result<Vec<Cell>, Box<dyn Error>> {
        let read = |path: &String| fs::read(path).map_err(|error| format!("{path}: {error}"));
        let recordings = self.feeds.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let mut jobs = Vec::new();
        for &method in &self.methods {
            for &threshold in &self.thresholds {
                jobs.extend(recordings.iter().map(|bytes| (method, threshold, bytes)));
            }
        }
        let pool = rayon::ThreadPoolBuilder::new().num_threads(self.threads).build()?;
        let grade = |&(method, threshold, bytes): &(Method, f64, &Vec<u8>)| self.grade(method, threshold, bytes);
        // In the order of the jobs, whoever did them.
        let tallies = pool.install(|| jobs.par_iter().map(grade).collect::<Result<Vec<Tally>, String>>())?;
        let mut cells: Vec<Cell> = Vec::new();
        for ((method, threshold, _), tally) in jobs.into_iter().zip(&tallies) {
            match cells.last_mut() {
                Some(cell) if cell.method == method && cell.threshold.to_bits() == threshold.to_bits() => {
                    cell.tally.absorb(tally);
                }
                _ => cells.push(Cell { method, threshold, tally: tally.clone() }),
            }
        }
        Ok(cells)
    }

    /// Replays one recording under one configuration.
    fn grade(&self, method: Method, threshold: f64, bytes: &[u8]) -> Result<Tally, String> {
        let fixed =
            ["detect=[\"ev\"]".to_owned(), format!("fair.method=\"{method}\""), format!("ev.min={threshold:?}")];
        let assignments: Vec<&str> = self.assignments.iter().chain(&fixed).map(String::as_str).collect();
        let config = load(None, &assignments).map_err(|error| error.to_string())?.config;
        let settings = Settings::default();
        let horizons = settings.horizons_us.len();
        let mut replay = Replay::graded(config, settings).map_err(|error| error.to_string())?;
        let reader = overround_feed::io::decompress(Cursor::new(bytes)).map_err(|error| error.to_string())?;
        let mut feed = Feed::detect(reader, |format| format).map_err(|error| error.to_string())?;
        while let Some(item) = feed.next_item().map_err(|error| error.to_string())? {
            // A refused record changes nothing.
            let _ = replay.apply(&item);
        }
        replay.finish();
        let grades = replay.finish_grades();
        let mut plan = Plan::flat();
        (plan.kinds, plan.lead_us) = (Kinds::NONE.with(Kind::Ev), self.lead_us);
        plan.only_by_end = true;
        // Flat stakes whatever was lost before.
        plan.bankroll = 1_000_000_000_000;
        let mut tally = Tally::new(horizons);
        for position in &play(&grades, &plan).positions {
            let grade = &grades[position.grade];
            tally.add(grade);
            tally.add_position(grade, position);
        }
        Ok(tally)
    }

    fn show(&self, cells: &[Cell]) -> Result<String, Box<dyn Error>> {
        let mut table = Table::new();
        table.load_preset(presets::UTF8_HORIZONTAL_ONLY).remove_style(TableComponent::HorizontalLines);
        table.remove_style(TableComponent::MiddleIntersections);
        table.set_header([
            "method",
            "from",
            "bets",
            "yield",
            "95 %",
            "claimed",
            "closing value",
            "95 %",
            "won (expected)",
        ]);
        for cell in cells {
            table.add_row(cell.row());
        }
        for column in 1..9 {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        if let Some(path) = &self.plot {
            fs::write(path, self.picture(cells)?).map_err(|error| format!("{path}: {error}"))?;
        }
        Ok(table.to_string())
    }

    /// Yield over threshold, a line per method, with the interval of each.
    fn picture(&self, cells: &[Cell]) -> Result<String, Box<dyn Error>> {
        let mut text = String::new();
        {
            let area = SVGBackend::with_string(&mut text, (960, 480)).into_drawing_area();
            area.fill(&WHITE)?;
            let xs = || self.thresholds.iter().copied();
            let (low, high) = (xs().fold(f64::INFINITY, f64::min), xs().fold(f64::NEG_INFINITY, f64::max));
            let room = ((high - low) / 12.0).max(0.002);
            let mut chart = ChartBuilder::on(&area)
                .margin(12)
                .caption("Yield by method, from an expected value on", ("sans-serif", 18))
                .x_label_area_size(46)
                .y_label_area_size(64)
                .build_cartesian_2d(low - room..high + room, heights(cells))?;
            chart
                .configure_mesh()
                .x_desc("least expected value")
                .y_desc("yield, 95 %")
                .x_label_formatter(&|x| format!("{:.1} %", 100.0 * x))
                .y_label_formatter(&|y| format!("{:.0} %", 100.0 * y))
                .light_line_style(TRANSPARENT)
                .draw()?;
            for (index, &method) in self.methods.iter().enumerate() {
                let colour = Palette99::pick(index).to_rgba();
                // Beside each other, so that intervals do not hide one another.
                let place = u32::try_from(index).map_or(0.0, f64::from)
                    - 0.5 * u32::try_from(self.methods.len() - 1).map_or(0.0, f64::from);
                let shift = room * 0.12 * place;
                let own = || cells.iter().filter(move |cell| cell.method == method);
                let points = own().filter_map(|cell| Some((cell.threshold + shift, cell.tally.yield_on_turnover()?)));
                chart
                    .draw_series(LineSeries::new(points, colour.stroke_width(2)))?
                    .label(method.name())
                    .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(3)));
                for (cell, interval) in own().filter_map(|cell| Some((cell, interval(cell)?))) {
                    let x = cell.threshold + shift;
                    chart.draw_series(LineSeries::new([(x, interval.low), (x, interval.high)], colour.mix(0.6)))?;
                }
            }
            chart.configure_series_labels().background_style(WHITE.mix(0.8)).border_style(BLACK.mix(0.2)).draw()?;
            area.present()?;
        }
        Ok(text)
    }
}

fn interval(cell: &Cell) -> Option<Interval> {
    cell.tally.yield_interval(1_000, 1)
}

fn heights(cells: &[Cell]) -> std::ops::Range<f64> {
    let ends = cells.iter().filter_map(interval).flat_map(|interval| [interval.low, interval.high]);
    let (low, high) = ends.fold((0.0, 0.0), |(low, high): (f64, f64), y| (low.min(y), high.max(y)));
    low - 0.02..high + 0.02
}

impl Cell {
    fn row(&self) -> [String; 9] {
        let tally = &self.tally;
        let percent = |share: Option<f64>| share.map_or("–".to_owned(), |share| format!("{:+.2} %", 100.0 * share));
        let range = |of: Option<Interval>| {
            of.map_or("–".to_owned(), |it| format!("{:+.1} … {:+.1}", 100.0 * it.low, 100.0 * it.high))
        };
        let share = |share: Option<f64>| share.map_or("–".to_owned(), |share| format!("{:.1} %", 100.0 * share));
        [
            self.method.name().to_owned(),
            format!("{:.1} %", 100.0 * self.threshold),
            tally.positions.to_string(),
            percent(tally.yield_on_turnover()),
            range(interval(self)),
            percent(tally.claimed_yield()),
            percent(tally.closing_value()),
            range(tally.closing_interval(1_000, 1)),
            format!("{} ({})", share(tally.hit_rate()), share(tally.expected_hit_rate())),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sweep(threads: usize) -> (Sweep, Vec<Cell>) {
        let folder = std::env::temp_dir().join(format!("overround-sweep-{}-{threads}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let mut feeds = Vec::new();
        for season in 0..3 {
            let mut text = "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,PSH,PSD,PSA,B365H,B365D,B365A\n".to_owned();
            for day in 1..=25 {
                let (price, goals) = (2.0 + 0.02 * f64::from(day % 9), (day + season) % 3);
                text.push_str(&format!("X{season},{day:02}/01/21,Reds,Blues,{goals},1,1.9,3.6,4.5,{price},3.3,3.9\n"));
            }
            let path = folder.join(format!("{season}.csv"));
            fs::write(&path, text).unwrap();
            feeds.push(path.display().to_string());
        }
        let arguments = ["--set", "fair.anchors=[{bookmaker=\"ps\",weight=1.0}]", "--threads", &threads.to_string()];
        let arguments = arguments.map(str::to_owned).into_iter().chain(feeds);
        let sweep = Sweep::parse(arguments).unwrap();
        let cells = sweep.run().unwrap();
        fs::remove_dir_all(folder).unwrap();
        (sweep, cells)
    }

    #[test]
    fn threads_change_nothing() {
        let (alone, together) = (sweep(1), sweep(4));
        assert_eq!(alone.1, together.1);
        assert_eq!(alone.0.show(&alone.1).unwrap(), together.0.show(&together.1).unwrap());
        assert_eq!(alone.0.picture(&alone.1).unwrap(), together.0.picture(&together.1).unwrap());
    }

    #[test]
    fn a_higher_threshold_bets_less_and_claims_more() {
        let (sweep, cells) = sweep(2);
        assert_eq!(cells.len(), METHODS.len() * THRESHOLDS.len());
        for pair in cells.windows(2).filter(|pair| pair[0].method == pair[1].method) {
            assert!(pair[0].tally.positions >= pair[1].tally.positions);
        }
        let first = &cells[0].tally;
        // Three seasons of 25 matches, each a fixture of its own.
        assert_eq!((first.positions, first.fixtures()), (75, 75));
        assert!(sweep.picture(&cells).unwrap().contains("shin"));
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for bad in [&["--methods", "magic", "f"][..], &["--thresholds", "x", "f"], &["--what", "f"], &[], &["--set"]] {
            assert!(Sweep::parse(bad.iter().map(|&text| text.to_owned())).is_err(), "{bad:?}");
        }
    }
}
