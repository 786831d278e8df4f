using System.Globalization;

namespace Alumia.Lab.Sandbox.Terminal;

/// <summary>How a stretch of a terminal's text looks. Colours 0 to 15 are the theme's, the others are red, green and blue.</summary>
public readonly record struct AnsiStyle(AnsiColour? Text, AnsiColour? Ground, bool IsBold, bool IsDim, bool IsItalic, bool IsUnderlined, bool IsStruck, bool IsInverse)
{
    /// <summary>The classes that <c>TerminalView</c> styles; empty for plain text.</summary>
    public string Classes
    {
        get
        {
            var (text, ground) = IsInverse ? (Ground, Text) : (Text, Ground);
            string?[] classes =
            [
                text?.Number is { } letter ? Word("f", letter) : null, ground?.Number is { } back ? Word("g", back) : null,
                IsInverse && Text is null && Ground is null ? "inverse" : null,
                IsBold ? "bold" : null, IsDim ? "dim" : null, IsItalic ? "italic" : null, IsUnderlined ? "underlined" : null, IsStruck ? "struck" : null,
            ];
            return string.Join(' ', classes.Where(each => each is not null));
        }
    }

    /// <summary>Colours that no class has: numbers only, whatever the text was.</summary>
    public string? Inline
    {
        get
        {
            var (text, ground) = IsInverse ? (Ground, Text) : (Text, Ground);
            return (text is { Number: null } || ground is { Number: null }) ? $"{Rule("color", text)}{Rule("background-color", ground)}" : null;
        }
    }

    /// <summary>The style after a sequence <c>ESC [ ... m</c>.</summary>
    public AnsiStyle After(IReadOnlyList<int> codes)
    {
        var style = this;
        for (var i = 0; i < codes.Count; i++)
        {
            style = codes[i] switch
            {
                0 => default,
                1 => style with { IsBold = true },
                2 => style with { IsDim = true },
                3 => style with { IsItalic = true },
                4 => style with { IsUnderlined = true },
                7 => style with { IsInverse = true },
                9 => style with { IsStruck = true },
                22 => style with { IsBold = false, IsDim = false },
                23 => style with { IsItalic = false },
                24 => style with { IsUnderlined = false },
                27 => style with { IsInverse = false },
                29 => style with { IsStruck = false },
                >= 30 and <= 37 => style with { Text = AnsiColour.Of(codes[i] - 30) },
                38 => style with { Text = AnsiColour.Read(codes, ref i) ?? style.Text },
                39 => style with { Text = null },
                >= 40 and <= 47 => style with { Ground = AnsiColour.Of(codes[i] - 40) },
                48 => style with { Ground = AnsiColour.Read(codes, ref i) ?? style.Ground },
                49 => style with { Ground = null },
                >= 90 and <= 97 => style with { Text = AnsiColour.Of(codes[i] - 82) },
                >= 100 and <= 107 => style with { Ground = AnsiColour.Of(codes[i] - 92) },
                _ => style,
            };
        }
        return style;
    }

    private static string Word(string kind, int number) => kind + number.ToString(CultureInfo.InvariantCulture);

    private static string Rule(string property, AnsiColour? colour) => colour is { Number: null } own
        ? string.Create(CultureInfo.InvariantCulture, $"{property}:rgb({own.Red} {own.Green} {own.Blue});")
        : "";
}

/// <summary>A colour of the theme by its number (0 to 15), or one of red, green and blue.</summary>
public readonly record struct AnsiColour(int? Number, byte Red, byte Green, byte Blue)
{
    public static AnsiColour Of(int number) => new(number, 0, 0, 0);

    /// <summary>Reads what follows 38 or 48: <c>5;n</c> of the palette of 256, or <c>2;r;g;b</c>. Null where it is neither.</summary>
    public static AnsiColour? Read(IReadOnlyList<int> codes, ref int i)
    {
        if (i + 2 < codes.Count && codes[i + 1] == 5)
        {
            i += 2;
            return Palette(codes[i]);
        }
        if (i + 4 < codes.Count && codes[i + 1] == 2)
        {
            i += 4;
            return new AnsiColour(null, Byte(codes[i - 2]), Byte(codes[i - 1]), Byte(codes[i]));
        }
        i = codes.Count; // Whatever follows belongs to it.
        return null;
    }

    private static AnsiColour? Palette(int number) => number switch
    {
        >= 0 and < 16 => Of(number),
        >= 16 and < 232 => new AnsiColour(null, Step((number - 16) / 36), Step((number - 16) / 6 % 6), Step((number - 16) % 6)),
        >= 232 and < 256 => new AnsiColour(null, Byte(8 + ((number - 232) * 10)), Byte(8 + ((number - 232) * 10)), Byte(8 + ((number - 232) * 10))),
        _ => null,
    };

    private static byte Step(int sixth) => (byte)(sixth == 0 ? 0 : 55 + (sixth * 40));

    private static byte Byte(int number) => (byte)Math.Clamp(number, 0, 255);
}
