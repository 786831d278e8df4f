using Microsoft.ML.Tokenizers;

namespace Alumia.Lab.Models;

/// <summary>Counts tokens with the o200k vocabulary: exact for OpenAI's models, a fair estimate for all others.</summary>
public sealed class TokenCounter
{
    private readonly Lazy<TiktokenTokenizer> _tokenizer = new(() => TiktokenTokenizer.CreateForEncoding("o200k_base"));

    public int Count(string text) => text.Length == 0 ? 0 : _tokenizer.Value.CountTokens(text);
}
