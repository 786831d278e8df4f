using System.Text;

namespace Alumia.Lab.Offline.Models;

/// <summary>Text about any topic, the same each time: enough to look at, to scroll, and to count.</summary>
internal static class Prose
{
    private static readonly string[] _sentences =
    [
        "Whoever begins with {0} does well to write down first what is known and what is only guessed.",
        "The parts of {0} that look alike from afar differ most when somebody has to work with them.",
        "A short list of the costs of {0}, kept honestly, saves more time than it takes.",
        "It helps to ask who will be glad about {0}, and who will have to clean up after it.",
        "Most questions about {0} become simpler once they are about one case and not about all.",
        "What is said of {0} in general should be tried once in particular, on a quiet day.",
        "Good work on {0} leaves a trace that another person can follow without asking.",
        "There is a point with {0} where more detail hides more than it shows.",
    ];

    public static string AtLength(string topic, int words)
    {
        var text = new StringBuilder();
        var count = 0;
        for (var i = 0; count < words; i++)
        {
            var sentence = Requests.WordsOf(string.Format(null, _sentences[i % _sentences.Length], topic));
            if (i > 0)
                text.Append(i % 4 == 0 ? "\n\n" : " ");
            text.AppendJoin(' ', sentence.Take(words - count));
            count += Math.Min(sentence.Count, words - count);
        }
        return text.ToString();
    }

    /// <summary>A small Markdown document.</summary>
    public static string Document(string title, string topic) => string.Join('\n',
        $"# {title}", "",
        string.Format(null, _sentences[0], topic), "",
        "## What is known", "",
        $"- {string.Format(null, _sentences[1], topic)}",
        $"- {string.Format(null, _sentences[2], topic)}", "",
        "## What to do next", "",
        $"1. {string.Format(null, _sentences[3], topic)}",
        $"2. {string.Format(null, _sentences[4], topic)}", "",
        "| part | state |", "| --- | --- |", $"| {topic} | begun |", "| a review | open |");
}
