//! Numbers of betting odds: what can be said of prices without knowing who quotes them, when, or on what.
//!
//! Pure functions on `f64` and small value types. No state, no clock, no allocation, no `std`; the same bits on every platform and in
//! every build. Bad input gives a typed error or `None`, as each function says, and never a panic.
//!
//! # Words
//!
//! | word | meaning |
//! |---|---|
//! | price, odds | what a bet returns for 1 staked, the stake in it: 2.5 returns 2.5 ([`odds`]; decimal unless another format is named) |
//! | net odds | the price less 1: what is won |
//! | net price | the price after [`commission`] |
//! | implied probability | 1/price |
//! | booksum | the sum of implied probabilities over all outcomes of a market. Overround is booksum − 1, hold is 1 − 1/booksum |
//! | margin | what the booksum has beyond the number of outcomes that win |
//! | fair probability | what is left when the margin is removed ([`devig`]) |
//! | back, lay | to bet on an outcome, to bet against it |
//! | line | the number of a handicap or total ([`line::Line`]) |
//! | edge, EV | the expected profit of 1 staked ([`ev`]) |
//!
//! # From prices to a bet
//!
//! ```
//! use overround_math::devig::{Method, devig};
//! use overround_math::ev::{expected_value, kelly};
//!
//! // What a sharp bookmaker shows for home, draw and away, and the probabilities behind it.
//! let mut fair = [0.0; 3];
//! let solution = devig(Method::Power, &[2.40, 3.40, 3.10], &mut fair)?;
//! assert!((solution.booksum - 1.0334).abs() < 1e-4 && (fair.iter().sum::<f64>() - 1.0).abs() < 1e-15);
//!
//! // Another bookmaker pays 2.60 for home: 5 % more than it is worth, and that part of a bankroll is the growth optimum.
//! assert!((expected_value(fair[0], 2.60) - 0.0542).abs() < 1e-4);
//! assert!((kelly(fair[0], 2.60) - 0.0339).abs() < 1e-4);
//! # Ok::<(), overround_math::devig::DevigError>(())
//! ```
//!
//! # Modules
//!
//! [`odds`] reads and writes the formats of prices, [`commission`] makes net prices of shown ones. [`devig`] removes margins, [`pool`]
//! joins the opinions of several bookmakers, [`ev`] judges a price by the result, [`kelly`] sizes bets. [`arbitrage`], [`middle`]
//! and [`stakes`] are about several bets at once, [`settlement`] about what they return, [`model`] about scores and their lines.
//! [`float`] has the elementary functions all of them use.
#![no_std]

pub mod arbitrage;
pub mod commission;
pub mod devig;
pub mod ev;
pub mod float;
pub mod kelly;
pub mod line;
pub mod middle;
pub mod model;
pub mod odds;
pub mod pool;
pub mod settlement;
pub mod stakes;

/// The examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
