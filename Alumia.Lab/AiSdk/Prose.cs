using System.Globalization;

namespace Alumia.Lab.AiSdk;

/// <summary>The text and reasoning of the step at hand: how much there is, how much of it came stored, and which part is open.</summary>
internal sealed class Prose
{
    private int _count;

    public int Step { get; private set; }

    public int Length { get; set; }

    public int Stored { get; set; }

    public bool IsOpen { get; set; }

    public bool IsReasoning { get; private set; }

    public string Id { get; private set; } = "";

    public void Begin(int step) => (Step, Length, Stored, _count) = (step, 0, 0, 0);

    public string Open(int step, bool isReasoning)
    {
        (IsOpen, IsReasoning) = (true, isReasoning);
        return Id = string.Create(CultureInfo.InvariantCulture, $"{step}-{++_count}");
    }
}
