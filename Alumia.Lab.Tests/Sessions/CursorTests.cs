using Alumia.Lab.Sessions;
using CsCheck;

namespace Alumia.Lab.Tests.Sessions;

public sealed class CursorTests
{
    private static readonly Gen<Cursor> _cursors = Gen.Select(Gen.Long[0, 20], Gen.Int[0, 20]).Select((sequence, offset) => new Cursor(sequence, offset));

    [Fact]
    public void A_cursor_is_read_back_as_it_was_written() =>
        Gen.Select(Gen.Long[0, long.MaxValue], Gen.Int[0, int.MaxValue]).Sample((sequence, offset) =>
            Cursor.TryParse(new Cursor(sequence, offset).ToString(), out var read) && read == new Cursor(sequence, offset));

    [Fact]
    public void Cursors_are_in_the_order_of_events_then_characters() =>
        Gen.Select(_cursors, _cursors).Sample((one, other) =>
            (one < other) == (one.Sequence < other.Sequence || (one.Sequence == other.Sequence && one.Offset < other.Offset))
            && (one <= other) == !(one > other) && (one >= other) == !(one < other)
            && (one.CompareTo(other) == 0) == (one == other));

    [Theory]
    [InlineData("12", 12, 0)]
    [InlineData("12.345", 12, 345)]
    [InlineData("0.0", 0, 0)]
    public void These_are_cursors(string text, long sequence, int offset)
    {
        Assert.True(Cursor.TryParse(text, out var cursor));
        Assert.Equal(new Cursor(sequence, offset), cursor);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("1.")]
    [InlineData(".1")]
    [InlineData("-1.0")]
    [InlineData("1.-1")]
    [InlineData("1.2.3")]
    [InlineData(" 1.2")]
    [InlineData("1,2")]
    [InlineData("99999999999999999999")]
    [InlineData("1.99999999999")]
    public void These_are_none(string? text) => Assert.False(Cursor.TryParse(text, out _));
}
