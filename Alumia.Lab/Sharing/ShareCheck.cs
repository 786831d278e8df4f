using System.Text;
using System.Text.RegularExpressions;
using Alumia.Lab.Blocks;
using Alumia.Lab.Canvas;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;

namespace Alumia.Lab.Sharing;

/// <summary>Something in what would be seen that a person may not want to show: what it is, where, and how it begins; the node leads there.</summary>
public sealed record ShareFinding(string What, string Where, string Start, string NodeId);

/// <summary>
/// Looks through all that a visitor would see for secrets and e-mail addresses, before it goes out. It knows the forms of many keys; that it finds
/// nothing proves nothing.
/// </summary>
internal sealed partial class ShareCheck(ShareReading reading)
{
    private const int Most = 100;
    private static readonly (string What, Regex Form)[] _forms =
    [
        ("A private key", PrivateKey()), ("A key or token", KnownKey()), ("A key or token", Jwt()), ("A password or secret", Named()), ("An e-mail address", Mail()),
    ];

    /// <summary>What would be seen of the project with these parts; at most a hundred findings.</summary>
    public async Task<IReadOnlyList<ShareFinding>> RunAsync(Project project, SharedParts parts, CancellationToken cancellation)
    {
        var reader = await reading.OpenAsync(ShareSight.Of(project, parts), cancellation);
        List<ShareFinding> found = [];
        Look(found, "the project's name", "", project.Name);
        foreach (var node in await reader.NodesAsync(cancellation))
        {
            var where = node is AgentNode agent ? $"{agent.Name}: {agent.Title}" : $"{((BlockNode)node).Block.Kind} {node.Title}";
            Look(found, where, node.Id, node.Title);
            if (node is AgentNode)
                await LookAtSessionAsync(found, reader, node.Id, where, cancellation);
            else
                Look(found, where, node.Id, TextOf(await reader.BlockAsync(node.Id, cancellation)));
            if (found.Count >= Most)
                break;
        }
        return [.. found.Distinct().Take(Most)];
    }

    private static async Task LookAtSessionAsync(List<ShareFinding> found, ShareReader reader, string sessionId, string where, CancellationToken cancellation)
    {
        for (long? before = null; ;)
        {
            var transcript = new Transcript();
            transcript.Prepend(await reader.PageAsync(sessionId, before, cancellation));
            foreach (var turn in transcript.Turns)
            {
                Look(found, where, sessionId, turn.Text);
                foreach (var part in turn.Steps.SelectMany(step => step.Parts))
                {
                    if (part is ProsePart prose)
                        Look(found, where, sessionId, prose.Text);
                    else if (part is ToolPart call)
                        Look(found, $"{where}, {call.Tool}", sessionId, $"{call.Arguments}\n{call.Output}\n{call.Result}");
                }
            }
            if (!transcript.HasEarlier || found.Count >= Most)
                return;
            before = transcript.FirstSequence;
        }
    }

    /// <summary>Bytes of pictures are no words.</summary>
    private static string TextOf(SharedBlock block) => block.Kind is BlockKind.Image or BlockKind.Page
        ? BlockWords.Of(block.Kind, block.Content.Length > BlockWords.ImageWords ? block.Content[..BlockWords.ImageWords] : block.Content)
        : block.Content;

    internal static void Look(List<ShareFinding> found, string where, string nodeId, string text)
    {
        foreach (var (what, form) in _forms)
        {
            foreach (var match in form.EnumerateMatches(text))
            {
                found.Add(new ShareFinding(what, where, Start(text.AsSpan(match.Index, match.Length)), nodeId));
                if (found.Count >= Most)
                    return;
            }
        }
    }

    /// <summary>Enough to know it again, and not enough to use it.</summary>
    private static string Start(ReadOnlySpan<char> text)
    {
        var start = new StringBuilder();
        foreach (var letter in text[..Math.Min(text.Length, 12)])
            start.Append(char.IsControl(letter) ? ' ' : letter);
        return text.Length > 12 ? start.Append('…').ToString() : start.ToString();
    }

    [GeneratedRegex("-----BEGIN [A-Z ]*PRIVATE KEY-----", RegexOptions.None, 2_000)]
    private static partial Regex PrivateKey();

    [GeneratedRegex(@"\b(sk|pk|rk)[-_][A-Za-z0-9_-]{16,}|\balm_(live|test)_[0-9a-f]{16,}|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}|\bglpat-[A-Za-z0-9_-]{16,}|\bxox[abpr]-[A-Za-z0-9-]{10,}|\bAIza[A-Za-z0-9_-]{30,}|\bya29\.[A-Za-z0-9_-]{20,}|\bwhsec_[A-Za-z0-9]{16,}|\bgsk_[A-Za-z0-9]{20,}|\bnvapi-[A-Za-z0-9_-]{20,}", RegexOptions.None, 2_000)]
    private static partial Regex KnownKey();

    [GeneratedRegex(@"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}", RegexOptions.None, 2_000)]
    private static partial Regex Jwt();

    [GeneratedRegex(@"(?i)\b(password|passwd|secret|api[_-]?key|access[_-]?token|client[_-]?secret|authorization:\s*bearer|bearer)\b[""']?\s*[:=]?\s*[""']?(?=[A-Za-z0-9_+/.-]*[0-9])[A-Za-z0-9_+/.-]{8,}", RegexOptions.None, 2_000)]
    private static partial Regex Named();

    [GeneratedRegex(@"\b[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}\b", RegexOptions.None, 2_000)]
    private static partial Regex Mail();
}
