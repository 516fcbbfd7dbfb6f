//! Draws `docs/img/devig-*.svg`: fair against implied probability for each way to remove a margin.
//!
//! `cargo run --release -p overround-benches --example devig_pictures`. The same bytes on every run.

use overround_math::devig::{DevigError, Method, devig};
use plotters::coord::Shift;
use plotters::coord::ranged1d::{AsRangedCoord, Ranged, ValueFormatter};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::error::Error;
use std::ops::Range;
use std::path::{Path, PathBuf};

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Res<T> = Result<T, Box<dyn Error>>;

/// Points have whole coordinates: twice the size at which the pictures are meant to be read keeps the lines smooth.
const SIZE: (u32, u32) = (1920, 1120);
const LEGEND: u32 = 500;

const GREY: RGBColor = RGBColor(90, 90, 90);
/// What no probability can be below.
const FLOOR: RGBColor = RGBColor(220, 40, 40);
const PALE: RGBColor = RGBColor(203, 203, 203);

/// What is drawn, first below; names that are one method share a line.
const LINES: [(Method, &str, RGBColor); 10] = [
    (Method::WorstCase, "worst_case", PALE),
    (Method::Multiplicative, "multiplicative", RGBColor(0, 0, 0)),
    (Method::OddsRatio, "odds_ratio, logarithmic", RGBColor(0, 114, 178)),
    (Method::Probit, "probit", RGBColor(86, 180, 233)),
    (Method::Jsd, "jsd", RGBColor(0, 158, 115)),
    (Method::Shin, "shin", RGBColor(204, 121, 167)),
    (Method::Additive, "additive, differential_margin_weighting", RGBColor(120, 60, 160)),
    (Method::Power, "power", RGBColor(213, 94, 0)),
    (Method::Goto, "goto", RGBColor(230, 159, 0)),
    (Method::BalancedBook, "balanced_book", RGBColor(139, 20, 30)),
];

/// One method's points: implied probability, fair probability.
struct Curve {
    names: &'static str,
    colour: RGBColor,
    width: u32,
    points: Vec<(f64, f64)>,
}

/// What stands over the implied probability.
#[derive(Clone, Copy)]
enum Look {
    /// Fair minus implied.
    Difference,
    /// Fair over implied.
    Ratio,
}

impl Look {
    fn of(self, (implied, fair): (f64, f64)) -> f64 {
        match self {
            Self::Difference => fair - implied,
            Self::Ratio => fair / implied,
        }
    }

    fn axis(self) -> &'static str {
        match self {
            Self::Difference => "fair − implied, percentage points",
            Self::Ratio => "fair / implied",
        }
    }

    fn label(self, y: f64) -> String {
        match self {
            Self::Difference if y.abs() < 1e-9 => "0".into(),
            Self::Difference => format!("{:.1}", y * 100.0).replace('-', "−"),
            Self::Ratio => format!("{y:.1}").replace("-0.0", "0.0").replace('-', "−"),
        }
    }
}

struct Picture<'a> {
    title: &'a str,
    look: Look,
    curves: &'a [Curve],
    heights: Range<f64>,
    /// Whether there are answers on both sides of zero; every point is then a price of the one market drawn.
    floor: bool,
}

fn main() -> Res<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/img");
    std::fs::create_dir_all(&folder)?;

    let curves = two_way()?;
    let title = "One outcome of a two-way market, booksum 1.05";
    let mut picture =
        Picture { title, look: Look::Difference, curves: &curves, heights: -0.0525..0.0025, floor: false };
    let across = || 0.05..1.0;
    picture.save(folder.join("devig-two-way-difference.svg"), across())?;
    (picture.look, picture.heights) = (Look::Ratio, 0.0..1.04);
    picture.save(folder.join("devig-two-way-ratio.svg"), across())?;

    let curves = ten_outcomes()?;
    let title = "The ten outcomes of one market, booksum 1.15";
    let mut picture = Picture { title, look: Look::Difference, curves: &curves, heights: -0.052..0.006, floor: true };
    let across = || (0.0105..0.42).log_scale().with_key_points(vec![0.02, 0.05, 0.1, 0.2, 0.4]);
    picture.save(folder.join("devig-ten-outcomes-difference.svg"), across())?;
    (picture.look, picture.heights) = (Look::Ratio, -0.5..1.1);
    picture.save(folder.join("devig-ten-outcomes-ratio.svg"), across())
}

/// Prices 1/π and 1/(1.05 − π) for π over the whole range in which both are above 1.
fn two_way() -> Res<Vec<Curve>> {
    const STEPS: u32 = 125;
    let mut curves = empty();
    for step in 1..STEPS {
        let implied = 0.05 + 0.95 * f64::from(step) / f64::from(STEPS);
        let market = [implied, 1.05 - implied];
        for (curve, fair) in curves.iter_mut().zip(fair(&market)?) {
            curve.points.push((implied, fair[0]));
        }
    }
    // Of two outcomes these are one.
    curves.retain(|curve| curve.names != "shin");
    for curve in &mut curves {
        if curve.names.starts_with("additive") {
            curve.names = "additive, differential_margin_weighting, shin";
        }
    }
    Ok(curves)
}

/// Each outcome 0.68 times as likely as the one before.
fn ten_outcomes() -> Res<Vec<Curve>> {
    let mut market: Vec<f64> = std::iter::successors(Some(1.0), |p| Some(p * 0.68)).take(10).collect();
    let sum: f64 = market.iter().sum();
    market.iter_mut().for_each(|p| *p *= 1.15 / sum);
    let mut curves = empty();
    for (curve, fair) in curves.iter_mut().zip(fair(&market)?) {
        curve.points = market.iter().copied().zip(fair).collect();
    }
    Ok(curves)
}

fn empty() -> Vec<Curve> {
    let curve = |(method, names, colour)| {
        let width = if method == Method::WorstCase { 18 } else { 4 };
        Curve { names, colour, width, points: Vec::new() }
    };
    LINES.map(curve).into()
}

/// By the order of [`LINES`]. An answer outside (0, 1) is drawn: it shows where a method fails.
fn fair(implied: &[f64]) -> Res<Vec<Vec<f64>>> {
    let odds: Vec<f64> = implied.iter().map(|p| 1.0 / p).collect();
    let mut answers = Vec::new();
    for (method, ..) in LINES {
        let mut fair = vec![0.0; odds.len()];
        match devig(method, &odds, &mut fair) {
            Ok(_) | Err(DevigError::NoValidAnswer { .. }) => answers.push(fair),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(answers)
}

impl Picture<'_> {
    fn save<X>(&self, path: PathBuf, across: X) -> Res<()>
    where
        X: AsRangedCoord<Value = f64>,
        X::CoordDescType: Ranged<ValueType = f64> + ValueFormatter<f64>,
    {
        let root = SVGBackend::new(&path, SIZE).into_drawing_area();
        root.fill(&WHITE)?;
        let (left, right) = root.split_horizontally(SIZE.0 - LEGEND);
        self.chart(&left, across)?;
        self.legend(&right)?;
        root.present()?;
        println!("{}", path.display());
        Ok(())
    }

    fn chart<X>(&self, area: &Area<'_>, across: X) -> Res<()>
    where
        X: AsRangedCoord<Value = f64>,
        X::CoordDescType: Ranged<ValueType = f64> + ValueFormatter<f64>,
    {
        let mut chart = ChartBuilder::on(area)
            .caption(self.title, ("sans-serif", 42))
            .margin(24)
            .x_label_area_size(104)
            .y_label_area_size(148)
            .build_cartesian_2d(across, self.heights.clone())?;
        chart
            .configure_mesh()
            .x_desc("implied probability, 1 / price")
            .y_desc(self.look.axis())
            .x_label_formatter(&|x| format!("{:.0} %", x * 100.0))
            .y_label_formatter(&|y| self.look.label(*y))
            .label_style(("sans-serif", 30, &GREY))
            .axis_desc_style(("sans-serif", 34))
            .set_all_tick_mark_size(8)
            .bold_line_style(BLACK.mix(0.13).stroke_width(2))
            .light_line_style(TRANSPARENT)
            .axis_style(GREY.stroke_width(2))
            .draw()?;
        let xs: Vec<f64> = self.curves.iter().flat_map(|curve| &curve.points).map(|point| point.0).collect();
        for (share, colour) in [(1.0, GREY), (0.0, FLOOR)] {
            let points = xs.iter().map(|&x| (x, self.look.of((x, share * x))));
            let points = sorted(points.filter(|point| self.heights.contains(&point.1)));
            if share > 0.0 || self.floor {
                chart.draw_series(LineSeries::new(points, colour.stroke_width(2)))?;
            }
        }
        for curve in self.curves {
            let points = curve.points.iter().map(|&point| (point.0, self.look.of(point)));
            let style = curve.colour.stroke_width(curve.width);
            chart.draw_series(LineSeries::new(points.clone(), style))?;
            if self.floor {
                let size = if curve.width > 4 { 10 } else { 6 };
                chart.draw_series(points.map(|point| Circle::new(point, size, curve.colour.filled())))?;
            }
        }
        Ok(())
    }

    /// From the least cut of the longest price to the greatest, as the lines begin on the left.
    fn legend(&self, area: &Area<'_>) -> Res<()> {
        let first =
            |curve: &Curve| curve.points.iter().copied().min_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or_default().1;
        let mut curves: Vec<&Curve> = self.curves.iter().collect();
        curves.sort_by(|a, b| first(b).total_cmp(&first(a)));
        let text = |size: i32, colour: &'static RGBColor| {
            TextStyle::from(("sans-serif", size).into_font()).color(colour).pos(Pos::new(HPos::Left, VPos::Center))
        };
        area.draw(&Text::new("at the longest price, from the", (0, 110), text(28, &GREY)))?;
        area.draw(&Text::new("least cut to the greatest:", (0, 146), text(28, &GREY)))?;
        let mut y = 206;
        for curve in curves {
            area.draw(&PathElement::new([(0, y), (54, y)], curve.colour.stroke_width(curve.width.max(6))))?;
            for name in curve.names.split(", ") {
                area.draw(&Text::new(name, (68, y), text(29, &BLACK)))?;
                y += 40;
            }
            y += 16;
        }
        if self.floor {
            area.draw(&PathElement::new([(0, y + 20), (54, y + 20)], FLOOR.stroke_width(2)))?;
            area.draw(&Text::new("zero: no answer below", (68, y + 20), text(29, &FLOOR)))?;
        }
        Ok(())
    }
}

fn sorted(points: impl Iterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
    let mut points: Vec<_> = points.collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    points.dedup();
    points
}
