//! A watch as a frame of a terminal.

use super::keys::KEYS;
use super::row::Row;
use super::state::{Order, Watch};
use crate::commands::replay::tables::{clock_time, duration};
use crate::style::Ink;
use overround::Timestamp;
use overround::opportunity::{Kind, Opportunity};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::{Block, Borders, Cell, Clear, Paragraph, Row as TableRow, Table, TableState};

pub(super) fn draw(watch: &mut Watch<'_>, frame: &mut Frame<'_>) {
    let below = if watch.explained.is_some() { Constraint::Percentage(60) } else { Constraint::Length(0) };
    let [head, kinds, table, explanation, foot] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Fill(1),
        below,
        Constraint::Length(1),
    ])
    .areas(frame.area());
    frame.render_widget(head_line(watch), head);
    frame.render_widget(kinds_line(watch), kinds);
    draw_table(watch, frame, table);
    if let Some(scrolled) = watch.explained {
        draw_explanation(watch, scrolled, frame, explanation);
    }
    frame.render_widget(foot_line(watch), foot);
    if watch.shows_help {
        draw_help(frame);
    }
}

fn bold() -> Style {
    Style::new().add_modifier(Modifier::BOLD)
}

/// A colour, unless none are wanted.
fn coloured(watch: &Watch<'_>, colour: Color) -> Style {
    if watch.ink == Ink::Coloured { Style::new().fg(colour) } else { Style::new() }
}

fn colour_of(kind: Kind) -> Color {
    match kind {
        Kind::Arbitrage => Color::Green,
        Kind::LowHold => Color::Cyan,
        Kind::Ev => Color::Yellow,
        Kind::Middle => Color::Magenta,
    }
}

fn head_line<'l>(watch: &Watch<'_>) -> Line<'l> {
    let time = watch.now.map_or("no records".to_owned(), |now| format!("{} UTC", date_and_time(now)));
    let state = match (watch.is_over, watch.is_seeking, watch.is_paused) {
        (true, ..) => "the end".to_owned(),
        (_, true, _) => "running on".to_owned(),
        (.., true) => "paused".to_owned(),
        _ => format!("× {}", watch.speed),
    };
    let name = watch.name.file_name().unwrap_or(watch.name.as_os_str()).to_string_lossy().into_owned();
    let name = crate::commands::printable(&name).into_owned();
    Line::from(vec![
        Span::styled("overround ", bold()),
        Span::raw(name),
        Span::raw("   "),
        Span::styled(time, bold()),
        Span::raw("   "),
        Span::raw(state),
    ])
}

fn date_and_time(ts: Timestamp) -> String {
    jiff::Timestamp::from_microsecond(ts.0)
        .map_or_else(|_| clock_time(ts), |time| time.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

/// How many are open of each kind; what is not shown is dim and in brackets.
fn kinds_line<'l>(watch: &Watch<'_>) -> Line<'l> {
    let mut spans = Vec::new();
    for (kind, number) in Kind::ALL.into_iter().zip(1..) {
        let text = format!("{number} {} {}", kind.name(), watch.open_of(kind));
        spans.push(if watch.filter.kinds[kind as usize] {
            Span::styled(text, coloured(watch, colour_of(kind)))
        } else {
            Span::styled(format!("({text})"), Style::new().add_modifier(Modifier::DIM))
        });
        spans.push(Span::raw("   "));
    }
    if watch.is_typing || !watch.filter.text.is_empty() {
        let cursor = if watch.is_typing { "▏" } else { "" };
        spans.push(Span::styled(format!("/{}{cursor}", watch.filter.text), bold()));
    }
    Line::from(spans)
}

fn draw_table(watch: &Watch<'_>, frame: &mut Frame<'_>, area: Rect) {
    let rows = watch.rows();
    let place = watch.place(&rows);
    let shows_profile = watch.profile_names.len() > 1;
    let mut widths = vec![
        Constraint::Length(9),
        Constraint::Length(19),
        Constraint::Length(11),
        Constraint::Fill(3),
        Constraint::Fill(2),
        Constraint::Fill(6),
    ];
    let mut header = vec!["kind", "figure", "open for", "fixture", "market", "bets"];
    if shows_profile {
        widths.insert(1, Constraint::Length(10));
        header.insert(1, "profile");
    }
    let body: Vec<TableRow<'_>> = rows.iter().map(|row| table_row(watch, row, shows_profile)).collect();
    let sorted = match watch.order {
        Order::Best => "by kind and figure",
        Order::Newest => "newest first",
    };
    let title = format!(
        " {} open, {} shown, {sorted} ",
        Kind::ALL.map(|kind| watch.open_of(kind)).iter().sum::<usize>(),
        rows.len()
    );
    let table = Table::new(body, widths)
        .header(TableRow::new(header).style(bold()))
        .row_highlight_style(Style::new().add_modifier(Modifier::REVERSED))
        .block(Block::new().borders(Borders::TOP).title(title));
    let mut state = TableState::new().with_selected(place);
    frame.render_stateful_widget(table, area, &mut state);
}

fn table_row<'r>(watch: &Watch<'_>, row: &'r Row, shows_profile: bool) -> TableRow<'r> {
    let Opportunity { detected_ts, profile, .. } = *row.opportunity;
    let kind = row.opportunity.kind();
    let since = watch.now.map_or(0, |now| now.since_us(detected_ts).max(0));
    let mut cells = vec![
        Cell::new(Span::styled(kind.name(), coloured(watch, colour_of(kind)))),
        Cell::new(row.figure.as_str()),
        Cell::new(duration(since)),
        Cell::new(row.fixture.as_str()),
        Cell::new(row.market.as_str()),
        Cell::new(row.bets.as_str()),
    ];
    if shows_profile {
        let name = watch.profile_names.get(profile.index()).map_or("?", String::as_str);
        cells.insert(1, Cell::new(name.to_owned()));
    }
    TableRow::new(cells)
}

fn draw_explanation(watch: &mut Watch<'_>, scrolled: u16, frame: &mut Frame<'_>, area: Rect) {
    let prose = watch.explanation();
    let line = |(line, is_title): (&str, bool)| {
        let line = crate::commands::printable(line).into_owned();
        if is_title { Line::styled(line, bold()) } else { Line::raw(line) }
    };
    let lines: Vec<Line<'_>> = prose.lines().map(line).collect();
    // Scrolling ends with the last line in sight.
    let most = lines.len().saturating_sub(usize::from(area.height.saturating_sub(1)));
    let scrolled = scrolled.min(u16::try_from(most).unwrap_or(u16::MAX));
    watch.explained = Some(scrolled);
    let block = Block::new().borders(Borders::TOP).title(" why ");
    frame.render_widget(Paragraph::new(Text::from(lines)).scroll((scrolled, 0)).block(block), area);
}

fn foot_line<'l>(watch: &Watch<'_>) -> Line<'l> {
    let text = if watch.is_typing {
        "type a text that rows must have; Enter keeps it, Esc clears it"
    } else {
        "q quit  ? keys  ↑↓ choose  Enter why  / filter  1-4 kinds  s sort  space pause  + - speed  n next"
    };
    Line::styled(text, Style::new().add_modifier(Modifier::DIM))
}

fn draw_help(frame: &mut Frame<'_>) {
    let lines: Vec<Line<'_>> = KEYS
        .iter()
        .map(|(key, does)| Line::from(vec![Span::styled(format!(" {key:<11}"), bold()), Span::raw(*does)]))
        .collect();
    let area = frame.area();
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(2).min(area.height);
    let width = 80.min(area.width);
    let middle = Rect { x: (area.width - width) / 2, y: (area.height - height) / 2, width, height };
    frame.render_widget(Clear, middle);
    frame.render_widget(Paragraph::new(lines).block(Block::bordered().title(" keys ")), middle);
}
