using System.Globalization;
using Alumia.Lab.Models;

namespace Alumia.Lab.Agents;

/// <summary>A model's figures as people read them.</summary>
public static class Figures
{
    /// <summary>A count of tokens: 131072 is <c>131K</c>, a million <c>1M</c>.</summary>
    public static string Tokens(int tokens) => tokens >= 1_000_000
        ? string.Create(CultureInfo.InvariantCulture, $"{tokens / 1_000_000.0:0.#}M")
        : string.Create(CultureInfo.InvariantCulture, $"{tokens / 1000}K");

    /// <summary>What a million tokens cost, input and output: <c>$1.00 in · $5.00 out</c>.</summary>
    public static string Price(Model model) =>
        $"{Dollars(model.InputMicrocentsPerMillion)} in · {Dollars(model.OutputMicrocentsPerMillion)} out";

    /// <summary>Microcents (millionths of a dollar) as dollars, with as many digits as it takes, at least two.</summary>
    public static string Dollars(long microcents) => string.Create(CultureInfo.InvariantCulture, $"${microcents / 1_000_000m:0.00####}");
}
