namespace Alumia.Lab.Tests.Measure.Stream;

/// <summary>Chats a second of one subject with so many streams, round by round.</summary>
internal sealed record RateFigure(string Subject, int Streams, IReadOnlyList<double> Rates);

/// <summary>Times to the first token of one subject, ms: each round's median.</summary>
internal sealed record FirstTokenFigure(string Subject, IReadOnlyList<double> Medians);

/// <summary>All of one run.</summary>
/// <param name="Rates">Of every subject at every number of streams.</param>
/// <param name="FirstTokens">Of every subject with 64 paced streams.</param>
/// <param name="AtOnce">How many streams were begun in one moment.</param>
/// <param name="AtOnceFirstMs">The median of their times to the first token.</param>
/// <param name="AtOnceWholeMs">Until the last of them had ended.</param>
internal sealed record StreamFigures(IReadOnlyList<RateFigure> Rates, IReadOnlyList<FirstTokenFigure> FirstTokens, int AtOnce, double AtOnceFirstMs, double AtOnceWholeMs)
{
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }

    /// <summary>The median of the rounds' ratios: what a round disturbs, it disturbs for both.</summary>
    public double Ratio(string subject, string to, int streams)
    {
        var (own, other) = (Of(subject, streams).Rates, Of(to, streams).Rates);
        return Median(own.Zip(other, (one, base_) => one / base_));
    }

    public RateFigure Of(string subject, int streams) => Rates.Single(figure => figure.Subject == subject && figure.Streams == streams);

    /// <summary>The median of the rounds' differences, ms.</summary>
    public double Added(string subject, string to)
    {
        var (own, other) = (FirstTokens.Single(figure => figure.Subject == subject), FirstTokens.Single(figure => figure.Subject == to));
        return Median(own.Medians.Zip(other.Medians, (one, base_) => one - base_));
    }
}
