using MudBlazor;

namespace Alumia.Lab.Layout;

/// <summary>The lab's colours for MudBlazor's own pieces. They are those of <c>tokens.css</c>, where their use is told; a test compares them.</summary>
public static class LabTheme
{
    public static IReadOnlyDictionary<string, string> Light { get; } = new Dictionary<string, string>
    {
        ["ground"] = "#F7F7F5",
        ["surface"] = "#FFFFFF",
        ["line"] = "#E3E3DF",
        ["text"] = "#1C1D20",
        ["muted"] = "#5F636B",
        ["accent"] = "#3D4ED8",
        ["on-accent"] = "#FFFFFF",
        ["ok"] = "#1B7F4B",
        ["waiting"] = "#8A5A00",
        ["bad"] = "#C0362C",
    };

    public static IReadOnlyDictionary<string, string> Dark { get; } = new Dictionary<string, string>
    {
        ["ground"] = "#131417",
        ["surface"] = "#1B1D21",
        ["line"] = "#2C2F36",
        ["text"] = "#ECEDEE",
        ["muted"] = "#A0A4AD",
        ["accent"] = "#8C9BFF",
        ["on-accent"] = "#131417",
        ["ok"] = "#5CC98E",
        ["waiting"] = "#E3B341",
        ["bad"] = "#FF8478",
    };

    public static MudTheme Mud { get; } = Create();

    private static MudTheme Create()
    {
        var theme = new MudTheme
        {
            PaletteLight = Fill(new PaletteLight(), Light),
            PaletteDark = Fill(new PaletteDark(), Dark),
            LayoutProperties = new LayoutProperties { DefaultBorderRadius = "8px", AppbarHeight = "48px" },
        };
        theme.Shadows.Elevation = [.. Enumerable.Repeat("none", theme.Shadows.Elevation.Length)];
        var text = theme.Typography;
        foreach (var kind in new BaseTypography[] { text.Default, text.Body1, text.Body2, text.Button, text.Caption, text.H6, text.Subtitle1, text.Subtitle2 })
        {
            (kind.FontFamily, kind.FontSize, kind.LetterSpacing, kind.TextTransform) = (["var(--sans)"], "14px", "normal", "none");
        }
        return theme;
    }

    private static T Fill<T>(T palette, IReadOnlyDictionary<string, string> tokens) where T : Palette
    {
        palette.Background = palette.BackgroundGray = tokens["ground"];
        palette.Surface = palette.DrawerBackground = palette.AppbarBackground = tokens["surface"];
        palette.Divider = palette.DividerLight = palette.TableLines = palette.LinesDefault = palette.LinesInputs = tokens["line"];
        palette.TextPrimary = palette.AppbarText = palette.DrawerText = palette.DrawerIcon = palette.ActionDefault = tokens["text"];
        palette.TextSecondary = tokens["muted"];
        palette.Primary = palette.Info = tokens["accent"];
        palette.PrimaryContrastText = palette.InfoContrastText = tokens["on-accent"];
        palette.Success = tokens["ok"];
        palette.Warning = tokens["waiting"];
        palette.Error = tokens["bad"];
        return palette;
    }
}
