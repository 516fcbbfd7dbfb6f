//! Pictures of a report, as SVG texts that stand by themselves.

use super::figures::{Report, Row};
use overround::Timestamp;
use plotters::coord::Shift;
use plotters::prelude::*;
use std::error::Error;
use std::ops::Range;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn Error>>;

const SIZE: (u32, u32) = (920, 400);
const GREY: RGBColor = RGBColor(110, 110, 110);
const INK: RGBColor = RGBColor(40, 40, 40);
/// Colours that people who see few can tell apart (Okabe and Ito, 2008).
const COLOURS: [RGBColor; 5] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
];

/// A line with its name.
type Curve = (String, Vec<(f64, f64)>);

/// The bankroll under each of the stakes.
pub(super) fn equity(report: &Report) -> Result<String, Box<dyn Error>> {
    let curves: Vec<Curve> = report.curves.iter().map(|(name, points)| (name.clone(), steps(points))).collect();
    let xs = range(curves.iter().flat_map(|(_, points)| points.iter().map(|point| point.0)));
    let ys = range(curves.iter().flat_map(|(_, points)| points.iter().map(|point| point.1)));
    svg(|area| {
        let mut chart = ChartBuilder::on(area)
            .margin(10)
            .margin_right(28)
            .x_label_area_size(44)
            .y_label_area_size(84)
            .build_cartesian_2d(xs.clone(), ys.clone())?;
        let span = xs.end - xs.start;
        chart
            .configure_mesh()
            .x_labels(6)
            .x_label_formatter(&|x| date(*x, span))
            .y_label_formatter(&|y| format!("{y:.0}"))
            .y_desc("bankroll")
            .label_style(("sans-serif", 14, &GREY))
            .axis_desc_style(("sans-serif", 15, &INK))
            .light_line_style(TRANSPARENT)
            .draw()?;
        for (index, (name, points)) in curves.into_iter().enumerate() {
            let colour = COLOURS[index % COLOURS.len()];
            chart
                .draw_series(LineSeries::new(points, colour.stroke_width(2)))?
                .label(name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(3)));
        }
        legend(&mut chart, SeriesLabelPosition::UpperLeft)
    })
}

/// Fair probabilities against what happened.
pub(super) fn calibration(report: &Report) -> Result<String, Box<dyn Error>> {
    svg(|area| {
        let mut chart = ChartBuilder::on(area)
            .margin(10)
            .margin_right(28)
            .x_label_area_size(44)
            .y_label_area_size(64)
            .build_cartesian_2d(0.0..1.0, 0.0..1.0)?;
        mesh(&mut chart, "fair probability", "won", |x| format!("{:.0} %", 100.0 * x))?;
        chart.draw_series(LineSeries::new([(0.0, 0.0), (1.0, 1.0)], GREY.stroke_width(1)))?;
        for row in &report.calibration {
            let [low, high] = row.won_95;
            let bar = [(row.expected, low), (row.expected, high)];
            chart.draw_series(LineSeries::new(bar, COLOURS[0].stroke_width(2)))?;
            chart.draw_series([Circle::new((row.expected, row.won), 4, COLOURS[0].filled())])?;
        }
        Ok(())
    })
}

/// How many could still be had, by kind.
pub(super) fn survival(report: &Report) -> Result<String, Box<dyn Error>> {
    let horizons = report.horizons_s.clone();
    let last = f64::from(u32::try_from(horizons.len()).unwrap_or(u32::MAX));
    svg(|area| {
        let mut chart = ChartBuilder::on(area)
            .margin(10)
            .margin_right(28)
            .x_label_area_size(44)
            .y_label_area_size(64)
            .build_cartesian_2d(0.0..last, 0.0..1.02)?;
        let label = |x: &f64| label_of(*x, &horizons);
        chart
            .configure_mesh()
            .x_labels(horizons.len() + 1)
            .x_label_formatter(&label)
            .y_label_formatter(&|y| format!("{:.0} %", 100.0 * y))
            .x_desc("seconds after it was told")
            .y_desc("all prices still there")
            .label_style(("sans-serif", 14, &GREY))
            .axis_desc_style(("sans-serif", 15, &INK))
            .light_line_style(TRANSPARENT)
            .draw()?;
        for (index, row) in report.group("kind").iter().enumerate() {
            let colour = COLOURS[index % COLOURS.len()];
            let points = survivors(row);
            chart.draw_series(points.iter().map(|&point| Circle::new(point, 3, colour.filled())))?;
            chart
                .draw_series(LineSeries::new(points, colour.stroke_width(2)))?
                .label(row.label.replace('_', " "))
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(3)));
        }
        legend(&mut chart, SeriesLabelPosition::LowerLeft)
    })
}

/// Yields of fewer are not drawn.
pub(super) const LEAST_BETS: u64 = 20;

/// Yields with their intervals, and what was claimed.
pub(super) fn yields(rows: &[Row]) -> Result<String, Box<dyn Error>> {
    let rows: Vec<&Row> = rows.iter().filter(|row| row.yields.is_some() && row.bet_on >= LEAST_BETS).collect();
    let bounds = rows.iter().flat_map(|row| {
        let [low, high] = row.yield_95.unwrap_or_default();
        [low.max(-1.0), high.min(1.5), row.yields.unwrap_or_default(), row.claimed.unwrap_or_default(), 0.0]
    });
    let ys = range(bounds);
    let count = f64::from(u32::try_from(rows.len().max(1)).unwrap_or(u32::MAX));
    svg(|area| {
        let mut chart = ChartBuilder::on(area)
            .margin(10)
            .margin_right(28)
            .x_label_area_size(44)
            .y_label_area_size(64)
            .build_cartesian_2d(0.0..count, ys.clone())?;
        let labels: Vec<String> = rows.iter().map(|row| format!("{} ({})", row.label, row.bet_on)).collect();
        let label = |x: &f64| middle_label(*x, &labels);
        chart
            .configure_mesh()
            .disable_x_mesh()
            .x_labels(2 * rows.len() + 1)
            .x_label_formatter(&label)
            .y_label_formatter(&|y| format!("{:.0} %", 100.0 * y))
            .y_desc("yield; ring: claimed")
            .label_style(("sans-serif", 14, &GREY))
            .axis_desc_style(("sans-serif", 15, &INK))
            .light_line_style(TRANSPARENT)
            .draw()?;
        chart.draw_series(LineSeries::new([(0.0, 0.0), (count, 0.0)], INK.stroke_width(1)))?;
        for (x, row) in (0..).map(|place: u32| f64::from(place) + 0.5).zip(&rows) {
            let height = row.yields.unwrap_or_default().clamp(ys.start, ys.end);
            chart.draw_series([Rectangle::new([(x - 0.3, 0.0), (x + 0.3, height)], COLOURS[0].mix(0.45).filled())])?;
            if let Some([low, high]) = row.yield_95 {
                let bar = [(x, low.max(ys.start)), (x, high.min(ys.end))];
                chart.draw_series(LineSeries::new(bar, INK.stroke_width(2)))?;
            }
            if let Some(claimed) = row.claimed {
                chart.draw_series([Circle::new((x, claimed), 5, COLOURS[1].stroke_width(2))])?;
            }
        }
        Ok(())
    })
}

fn svg(draw: impl FnOnce(&Area<'_>) -> Drawn) -> Result<String, Box<dyn Error>> {
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, SIZE).into_drawing_area();
        area.fill(&WHITE)?;
        draw(&area)?;
        area.present()?;
    }
    Ok(text)
}

type Chart<'a, 'b> = ChartContext<
    'a,
    SVGBackend<'b>,
    Cartesian2d<plotters::coord::types::RangedCoordf64, plotters::coord::types::RangedCoordf64>,
>;

fn mesh(chart: &mut Chart<'_, '_>, x: &str, y: &str, label: fn(f64) -> String) -> Drawn {
    chart
        .configure_mesh()
        .x_label_formatter(&|x| label(*x))
        .y_label_formatter(&|y| label(*y))
        .x_desc(x)
        .y_desc(y)
        .label_style(("sans-serif", 14, &GREY))
        .axis_desc_style(("sans-serif", 15, &INK))
        .light_line_style(TRANSPARENT)
        .draw()?;
    Ok(())
}

fn legend<'a, 'b: 'a>(chart: &mut Chart<'a, 'b>, position: SeriesLabelPosition) -> Drawn {
    chart
        .configure_series_labels()
        .position(position)
        .background_style(WHITE.mix(0.8))
        .label_font(("sans-serif", 15, &INK))
        .draw()?;
    Ok(())
}

/// A bankroll stands until the next settlement.
fn steps(points: &[(Timestamp, i64)]) -> Vec<(f64, f64)> {
    let mut line: Vec<(f64, f64)> = Vec::new();
    for &(ts, cents) in points {
        let (x, y) = (super::figures::seconds(ts.0), super::figures::units(cents));
        if let Some(&(_, before)) = line.last() {
            line.push((x, before));
        }
        line.push((x, y));
    }
    line
}

/// From the least to the greatest with a little room; never empty.
fn range(values: impl Iterator<Item = f64>) -> Range<f64> {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
    if low > high {
        return 0.0..1.0;
    }
    let room = if high > low { 0.04 * (high - low) } else { 1.0 };
    low - room..high + room
}

fn survivors(row: &Row) -> Vec<(f64, f64)> {
    let places = (1_u32..).map(f64::from).zip(&row.survival);
    let known = places.filter_map(|(place, share)| share.map(|share| (place, share)));
    std::iter::once((0.0, 1.0)).chain(known).collect()
}

/// The horizon at a whole place.
fn label_of(x: f64, horizons: &[f64]) -> String {
    let places = (1_u32..).map(f64::from).zip(horizons);
    let near = |place: f64| (x - place).abs() < 1e-6;
    if near(0.0) {
        return "0".to_owned();
    }
    places.into_iter().find(|(place, _)| near(*place)).map_or_else(String::new, |(_, horizon)| horizon.to_string())
}

/// The label whose middle this is.
fn middle_label(x: f64, labels: &[String]) -> String {
    let mut places = (0_u32..).map(|place| f64::from(place) + 0.5).zip(labels);
    places.find(|(place, _)| (x - place).abs() < 1e-6).map_or_else(String::new, |(_, label)| label.clone())
}

/// A date, or a time of day where the whole is short.
fn date(seconds: f64, span: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "a time between those of a feed")]
    let time = jiff::Timestamp::from_second(seconds as i64);
    let format = if span > 2.0 * 86_400.0 { "%Y-%m-%d" } else { "%H:%M" };
    time.map_or_else(|_| String::new(), |time| time.strftime(format).to_string())
}
