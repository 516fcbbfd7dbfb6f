//! Numbers out of bytes; zeros when they have run out.

pub(super) struct Tape<'a>(pub(super) &'a [u8]);

impl Tape<'_> {
    pub(super) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        let len = N.min(self.0.len());
        bytes[..len].copy_from_slice(&self.0[..len]);
        self.0 = &self.0[len..];
        bytes
    }

    pub(super) fn u8(&mut self) -> u8 {
        u8::from_le_bytes(self.bytes())
    }

    pub(super) fn u16(&mut self) -> u16 {
        u16::from_le_bytes(self.bytes())
    }

    pub(super) fn i32(&mut self) -> i32 {
        i32::from_le_bytes(self.bytes())
    }

    pub(super) fn i64(&mut self) -> i64 {
        i64::from_le_bytes(self.bytes())
    }

    pub(super) fn f64(&mut self) -> f64 {
        f64::from_le_bytes(self.bytes())
    }

    /// Mostly a usual price, now and then any number.
    pub(super) fn price(&mut self) -> f64 {
        match self.u8() {
            0 => self.f64(),
            1 => 1.0 + f64::EPSILON,
            2 => 1_000_000.0,
            high => 1.0 + (f64::from(high) * 256.0 + f64::from(self.u8())) / 4096.0,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
