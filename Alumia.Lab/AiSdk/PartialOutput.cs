using System.Text;
using Alumia.Lab.Sessions;

namespace Alumia.Lab.AiSdk;

/// <summary>What a running tool has put out so far; a client is told all of it each time.</summary>
internal sealed class PartialOutput
{
    private const int Most = 64_000;
    private readonly StringBuilder _text = new();
    private string _callId = "";
    private bool _isNew;

    public void Write(ToolOutputWritten written)
    {
        if (_callId != written.CallId)
            _text.Clear();
        (_callId, _isNew) = (written.CallId, true);
        _text.Append(written.Text);
        if (_text.Length > Most)
            _text.Remove(0, _text.Length - Most);
    }

    public (string CallId, string Text)? Flush()
    {
        if (!_isNew)
            return null;
        _isNew = false;
        return (_callId, _text.ToString());
    }
}
