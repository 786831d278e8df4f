using System.Text.RegularExpressions;
using Alumia.Lab.Layout;
using Alumia.Lab.Tests.Harness;
using MudBlazor.Utilities;

namespace Alumia.Lab.Tests.Layout;

public sealed partial class ThemeTests
{
    private static readonly string _css = File.ReadAllText(Path.Combine(Repository.Root, "wwwroot", "css", "tokens.css"));

    [Fact]
    public void MudBlazors_theme_has_the_colours_of_the_tokens()
    {
        var light = Block(":root");
        var dark = Block(":root[data-theme=\"dark\"]");
        Assert.All(LabTheme.Light, token => Assert.Equal(light[token.Key], token.Value));
        Assert.All(LabTheme.Dark, token => Assert.Equal(dark[token.Key], token.Value));
        Assert.Equal(new MudColor(light["surface"]), LabTheme.Mud.PaletteLight.Surface);
        Assert.Equal(new MudColor(dark["accent"]), LabTheme.Mud.PaletteDark.Primary);
        Assert.All(LabTheme.Mud.Shadows.Elevation, shadow => Assert.Equal("none", shadow));
    }

    [Fact]
    public void Dark_by_the_systems_wish_is_dark_by_choice() =>
        Assert.Equal(Block(":root[data-theme=\"dark\"]"), Block(":root:not([data-theme=\"light\"])"));

    [Theory]
    [InlineData(":root")]
    [InlineData(":root[data-theme=\"dark\"]")]
    public void What_is_read_has_the_contrast_of_WCAG_AA(string theme)
    {
        var tokens = Block(theme);
        foreach (var text in new[] { "text", "muted", "accent", "ok", "waiting", "bad" })
        {
            foreach (var ground in new[] { "ground", "surface" })
                Assert.True(Contrast(tokens[text], tokens[ground]) >= 4.5, $"{text} on {ground}: {Contrast(tokens[text], tokens[ground]):0.00}");
        }
        Assert.True(Contrast(tokens["on-accent"], tokens["accent"]) >= 4.5);
        Assert.True(Contrast(tokens["money-text"], tokens["money-ground"]) >= 4.5);
    }

    /// <summary>The colours that a block of the style sheet sets.</summary>
    private static Dictionary<string, string> Block(string selector)
    {
        var start = _css.IndexOf(selector + " {", StringComparison.Ordinal);
        Assert.True(start >= 0, $"tokens.css has no {selector}");
        var block = _css[start.._css.IndexOf('}', start)];
        return Colour().Matches(block).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value);
    }

    private static double Contrast(string one, string other)
    {
        var (a, b) = (Luminance(new MudColor(one)), Luminance(new MudColor(other)));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double Luminance(MudColor colour) => (0.2126 * Linear(colour.R)) + (0.7152 * Linear(colour.G)) + (0.0722 * Linear(colour.B));

    private static double Linear(byte channel) =>
        channel / 255.0 is var part and <= 0.04045 ? part / 12.92 : Math.Pow(((channel / 255.0) + 0.055) / 1.055, 2.4);

    [GeneratedRegex(@"--(?<name>[\w-]+): (?<value>#[0-9A-Fa-f]{6});")]
    private static partial Regex Colour();
}
