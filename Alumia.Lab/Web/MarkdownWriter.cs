using System.Text;

namespace Alumia.Lab.Web;

/// <summary>Collects Markdown: paragraphs, lists, quotes and links, whatever order of tags it is told in.</summary>
internal sealed class MarkdownWriter
{
    private const int Deepest = 20;

    private readonly StringBuilder _text = new();
    private readonly Stack<(int Start, string? Address)> _links = new();
    private readonly List<int?> _lists = [];
    private int _quotes;
    private int _breaks = 2;
    private bool _hasSpace;

    /// <summary>Inside <c>pre</c> text is kept to the letter.</summary>
    public bool IsPre { get; private set; }

    /// <summary>Inside a cell of a table everything stands on one line.</summary>
    public bool IsCell { get; set; }

    public override string ToString() => _text.ToString().Trim();

    /// <summary>Words: runs of white space are one space, but in <c>pre</c>.</summary>
    public void Text(string text)
    {
        if (IsPre)
        {
            Write(text.ReplaceLineEndings("\n" + Prefix));
            return;
        }
        foreach (var word in text.Split((char[]?)null))
        {
            // Between two pieces there was white space.
            if (word.Length > 0)
            {
                Space();
                Write(word);
            }
            _hasSpace = true;
        }
        _hasSpace = text.Length > 0 && char.IsWhiteSpace(text[^1]);
    }

    /// <summary>A mark such as <c>**</c>, which touches the word that follows.</summary>
    public void Opening(string mark)
    {
        if (IsPre)
            return;
        Space();
        Write(mark);
    }

    /// <summary>A mark that touches the word before it.</summary>
    public void Closing(string mark)
    {
        if (!IsPre)
            Write(mark);
    }

    /// <summary>At least so many line ends before what comes next.</summary>
    public void Break(int lines)
    {
        if (IsCell)
        {
            _hasSpace = true;
            return;
        }
        _hasSpace = false;
        for (; _breaks < lines; _breaks++)
            _text.Append('\n');
    }

    public void Heading(int level)
    {
        Break(2);
        if (!IsCell)
            Write(new string('#', level) + " ");
    }

    public void Pre(bool begins)
    {
        if (IsPre == begins || IsCell)
            return;
        Break(begins ? 2 : 1);
        Write("```");
        IsPre = begins;
        Break(begins ? 1 : 2);
    }

    public void Quote(bool begins)
    {
        Break(2);
        _quotes = Math.Clamp(_quotes + (begins ? 1 : -1), 0, Deepest);
    }

    public void List(bool begins, bool isOrdered)
    {
        Break(_lists.Count == 0 || (!begins && _lists.Count == 1) ? 2 : 1);
        if (begins && _lists.Count < Deepest)
            _lists.Add(isOrdered ? 0 : null);
        else if (!begins && _lists.Count > 0)
            _lists.RemoveAt(_lists.Count - 1);
    }

    public void Item()
    {
        Break(1);
        var mark = "- ";
        if (_lists.Count > 0 && _lists[^1] is { } number)
        {
            _lists[^1] = number + 1;
            mark = $"{number + 1}. ";
        }
        Write(new string(' ', 2 * Math.Max(0, _lists.Count - 1)) + mark);
    }

    /// <summary>A link begins; where it leads nowhere (null), only its words are kept.</summary>
    public void LinkBegins(string? address)
    {
        if (IsPre || _links.Count >= Deepest)
            return;
        if (address is not null)
            Space();
        _links.Push((_text.Length, address));
    }

    public void LinkEnds()
    {
        if (IsPre || !_links.TryPop(out var link) || link.Address is null || _text.Length == link.Start)
            return; // A link without words leads nowhere for who reads.
        _text.Insert(link.Start, '[');
        Write($"]({link.Address})");
    }

    /// <summary>Writes as it is, at the beginning of a line behind the marks of its quotes.</summary>
    public void Write(string text)
    {
        if (text.Length == 0)
            return;
        if (_breaks > 0)
            _text.Append(Prefix);
        _text.Append(text);
        _breaks = 0;
    }

    private string Prefix => string.Concat(Enumerable.Repeat("> ", _quotes));

    private void Space()
    {
        if (_hasSpace && _breaks == 0)
            _text.Append(' ');
        _hasSpace = false;
    }
}
