namespace Alumia.Lab.Canvas;

/// <summary>A node's rectangle, in pixels of the canvas at zoom 1.</summary>
public readonly record struct Box(double X, double Y, double Width, double Height)
{
    public double Right => X + Width;

    public double Bottom => Y + Height;

    /// <summary>Whether the two are nearer to each other than this.</summary>
    public bool IsWithin(Box other, double gap) =>
        X < other.Right + gap && other.X < Right + gap && Y < other.Bottom + gap && other.Y < Bottom + gap;
}
