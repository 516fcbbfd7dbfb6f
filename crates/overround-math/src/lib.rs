//! Numbers of betting odds.
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
