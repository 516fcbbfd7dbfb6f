//! What keys do.

use super::state::{Order, Watch};
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// Rows or lines that a page has.
const PAGE: u8 = 10;

/// Keys and what they do, as the help shows them.
pub(super) const KEYS: &[(&str, &str)] = &[
    ("↑ ↓ / k j", "choose a row"),
    ("Enter", "explanation of the chosen row, and away again"),
    ("PgUp PgDn", "scroll the explanation; without one, ten rows up or down"),
    ("1 2 3 4", "arbitrage, low hold, ev, middle: shown or not"),
    ("/", "type a text that rows must have; Enter keeps it, Esc clears it"),
    ("s", "sort: by kind and figure, or what is newest first"),
    ("space", "pause and go on"),
    ("+ -", "twice as fast, half as fast"),
    ("n", "run on until something that is shown is detected"),
    ("?", "these keys"),
    ("q", "quit"),
];

impl Watch<'_> {
    /// A key was pressed. Is the watch over?
    pub(super) fn press(&mut self, key: KeyEvent) -> bool {
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            return matches!(key.code, KeyCode::Char('c' | 'd'));
        }
        if self.is_typing {
            self.write(key.code);
            return false;
        }
        self.shows_help = matches!(key.code, KeyCode::Char('?' | 'h')) && !self.shows_help;
        match key.code {
            KeyCode::Char('q') => return true,
            KeyCode::Esc => self.explained = None,
            KeyCode::Down | KeyCode::Char('j') => self.choose(1),
            KeyCode::Up | KeyCode::Char('k') => self.choose(-1),
            KeyCode::Enter => self.toggle_explanation(),
            KeyCode::PageDown => match &mut self.explained {
                Some(lines) => *lines = lines.saturating_add(PAGE.into()),
                None => self.choose(PAGE.into()),
            },
            KeyCode::PageUp => match &mut self.explained {
                Some(lines) => *lines = lines.saturating_sub(PAGE.into()),
                None => self.choose(-isize::from(PAGE)),
            },
            KeyCode::Char(digit @ '1'..='4') => {
                let kind = usize::from(digit as u8 - b'1');
                self.filter.kinds[kind] = !self.filter.kinds[kind];
            }
            KeyCode::Char('/') => self.is_typing = true,
            KeyCode::Char('s') => {
                self.order = if self.order == Order::Best { Order::Newest } else { Order::Best };
            }
            KeyCode::Char(' ') => (self.is_paused, self.is_seeking) = (!self.is_paused && !self.is_seeking, false),
            KeyCode::Char('+' | '=') => self.speed = (self.speed * 2.0).min(1e6),
            KeyCode::Char('-') => self.speed = (self.speed / 2.0).max(0.01),
            KeyCode::Char('n') => self.is_seeking = true,
            _ => {}
        }
        false
    }

    fn write(&mut self, code: KeyCode) {
        match code {
            KeyCode::Enter => self.is_typing = false,
            KeyCode::Esc => {
                self.filter.text.clear();
                self.is_typing = false;
            }
            KeyCode::Backspace => drop(self.filter.text.pop()),
            KeyCode::Char(char) => self.filter.text.push(char),
            _ => {}
        }
    }

    fn toggle_explanation(&mut self) {
        self.explained = match self.explained {
            Some(_) => None,
            None => {
                // With nothing chosen yet the first row is meant.
                let rows = self.rows();
                if self.place(&rows).is_none() {
                    self.choose(0);
                }
                Some(0)
            }
        };
    }
}
