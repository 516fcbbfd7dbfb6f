//! Figures into `benches/README.md`.

use crate::machine;
use std::fs;
use std::path::Path;

/// Replaces what stands between the marks `<!-- NAME: begin -->` and `<!-- NAME: end -->` by the text, under date and machine.
///
/// # Panics
/// If the file cannot be read or written, or has no such marks.
pub fn fill(name: &str, figures: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = fs::read_to_string(&path).expect("benches/README.md is there");
    let [begin, end] = ["begin", "end"].map(|side| format!("<!-- {name}: {side} -->"));
    let (head, rest) = text.split_once(&begin).expect("benches/README.md has the mark");
    let (_, tail) = rest.split_once(&end).expect("benches/README.md has the mark");
    let today = jiff::Timestamp::now().strftime("%Y-%m-%d");
    let machine = machine::name();
    let figures = figures.trim();
    let text = format!("{head}{begin}\n\nMeasured on {today}: {machine}.\n\n{figures}\n\n{end}{tail}");
    fs::write(&path, text).expect("benches/README.md can be written");
}
