using Microsoft.ML.Tokenizers;

namespace Alumia.Lab.Models;

/// <summary>Counts tokens with the o200k vocabulary: exact for OpenAI's models, a fair estimate for all others.</summary>
public sealed class TokenCounter
{
    /// <summary>The tokenizer takes quadratic time for one long word, so a long text is counted in slices; each seam costs a token at most.</summary>
    private const int Slice = 2_000;

    private readonly Lazy<TiktokenTokenizer> _tokenizer = new(() => TiktokenTokenizer.CreateForEncoding("o200k_base"));

    public int Count(string text)
    {
        var count = 0;
        for (var start = 0; start < text.Length; start += Slice)
            count += _tokenizer.Value.CountTokens(text.AsSpan(start, Math.Min(Slice, text.Length - start)));
        return count;
    }
}
