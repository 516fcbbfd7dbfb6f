//! The command line of overround, as a library for its tests and benches.
//!
//! [`run`] does what [`Arguments`] say; [`simulate`] makes up an evening of odds.

mod args;
mod commands;
mod failure;
mod input;
pub mod interrupt;
pub mod simulate;
mod style;

pub use args::Arguments;
pub use commands::{printable, run};
pub use failure::Failure;
