//! Standard input that can be left while it has nothing to give.

use crate::interrupt;
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

const PIECE_BYTES: usize = 1 << 16;
/// Pieces that are read ahead.
const PIECES: usize = 4;
/// How long a request to stop may go unnoticed.
const PATIENCE: Duration = Duration::from_millis(50);

/// Reads standard input on a thread of its own: a read that waits there for more does not keep the command from stopping.
#[derive(Debug)]
pub(crate) struct StandardInput {
    pieces: Receiver<io::Result<Vec<u8>>>,
    piece: Vec<u8>,
    at: usize,
    is_over: bool,
}

impl StandardInput {
    /// Begins to read. To be had once.
    pub(crate) fn new() -> io::Result<Self> {
        let (sender, pieces) = sync_channel(PIECES);
        let read = move || {
            let mut input = io::stdin().lock();
            loop {
                let mut piece = vec![0; PIECE_BYTES];
                let read = match input.read(&mut piece) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    read => read,
                };
                let is_last = !matches!(read, Ok(1..));
                let send = read.map(|len| {
                    piece.truncate(len);
                    piece
                });
                // Nobody to give it to: the command has ended.
                if sender.send(send).is_err() || is_last {
                    return;
                }
            }
        };
        thread::Builder::new().name("standard input".to_owned()).spawn(read)?;
        Ok(Self { pieces, piece: Vec::new(), at: 0, is_over: false })
    }
}

impl Read for StandardInput {
    /// As any reader; fails once the command was asked to stop.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.piece.len() && !self.is_over {
            match self.pieces.recv_timeout(PATIENCE) {
                Ok(piece) => {
                    self.piece = piece?;
                    self.at = 0;
                    self.is_over = self.piece.is_empty();
                }
                Err(RecvTimeoutError::Timeout) => {
                    if let Err(stopped) = interrupt::check() {
                        return Err(io::Error::other(stopped.to_string()));
                    }
                }
                Err(RecvTimeoutError::Disconnected) => self.is_over = true,
            }
        }
        let rest = &self.piece[self.at..];
        let len = rest.len().min(buffer.len());
        buffer[..len].copy_from_slice(&rest[..len]);
        self.at += len;
        Ok(len)
    }
}
